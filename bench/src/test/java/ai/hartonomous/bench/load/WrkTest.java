package ai.hartonomous.bench.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import ai.hartonomous.bench.load.Wrk.Figures;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WrkTest {
  @TempDir private Path folder;

  @Test
  void readsTheFiguresOfTheScript() throws Exception {
    Figures figures = Wrk.parse("Running 60s test\nfigures 120 60000000 1500 9250 20000 1 2\n");

    assertThat(figures).isEqualTo(new Figures(120, 60, 1.5, 9.25, 20, 1, 2));
  }

  @Test
  void refusesOutputWithoutFigures() {
    assertThatThrownBy(() -> Wrk.parse("unable to connect"))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("unable to connect");
  }

  /// Half of the requests of this file are refused; the generator must say so.
  @Test
  void sendsEveryRequestOfTheFileAndCountsRefusals() throws Exception {
    Optional<Wrk> wrk = Wrk.find(folder);
    assumeThat(wrk).as("wrk is installed").isPresent();
    Set<String> seen = ConcurrentHashMap.newKeySet();
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(
        "/",
        exchange -> {
          String body =
              new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
          seen.add(exchange.getRequestMethod() + exchange.getRequestURI() + body);
          boolean known = "t".equals(exchange.getRequestHeaders().getFirst("Token"));
          exchange.sendResponseHeaders(known ? 200 : 403, -1);
          exchange.close();
        });
    server.start();
    try {
      Path requests = folder.resolve("requests.tsv");
      Files.write(requests, List.of("GET\t/a?b=1\tToken: t|X: y\t", "POST\t/c\tX: y\t{\"d\": 2}"));

      String url = "http://127.0.0.1:" + server.getAddress().getPort();
      Figures figures = wrk.orElseThrow().run(url, requests, 2, 1);

      assertThat(seen).containsExactlyInAnyOrder("GET/a?b=1", "POST/c{\"d\": 2}");
      assertThat(figures.requests()).isGreaterThan(10);
      assertThat(figures.statusErrors())
          .isBetween(figures.requests() / 2 - 2, figures.requests() / 2 + 2);
      assertThat(figures.socketErrors()).isZero();
    } finally {
      server.stop(0);
    }
  }
}
