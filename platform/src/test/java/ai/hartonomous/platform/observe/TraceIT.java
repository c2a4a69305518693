package ai.hartonomous.platform.observe;

import static org.assertj.core.api.Assertions.assertThat;

import ai.hartonomous.platform.TestDatabase;
import ai.hartonomous.platform.TestServer;
import com.sun.net.httpserver.HttpServer;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("slow") // starts a server of its own
class TraceIT {

  @Test
  void sendsTracesWhereItIsTold(@TempDir Path data) throws Exception {
    var received = new LinkedBlockingQueue<byte[]>();
    var receiver = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    receiver.createContext(
        "/v1/traces",
        exchange -> {
          received.add(exchange.getRequestBody().readAllBytes());
          exchange.sendResponseHeaders(200, -1);
          exchange.close();
        });
    receiver.start();
    var settings = new HashMap<>(TestDatabase.settings(data));
    settings.put("management.tracing.sampling.probability", "1");
    settings.put(
        "management.opentelemetry.tracing.export.otlp.endpoint",
        "http://localhost:%d/v1/traces".formatted(receiver.getAddress().getPort()));
    settings.put("management.opentelemetry.tracing.export.schedule-delay", "100ms");

    try (var server = new TestServer(data, settings)) {
      assertThat(server.get("tracy", "/v1/models").status()).isEqualTo(200);

      assertThat(next(received)).contains("http get /v1/models");
    } finally {
      receiver.stop(0);
    }
  }

  private static String next(LinkedBlockingQueue<byte[]> received) throws InterruptedException {
    StringBuilder all = new StringBuilder();
    for (byte[] body = received.poll(20, TimeUnit.SECONDS);
        body != null;
        body = received.poll(1, TimeUnit.SECONDS)) {
      all.append(new String(body, StandardCharsets.ISO_8859_1));
    }
    return all.toString();
  }
}
