package ai.hartonomous.platform.job;

import static org.assertj.core.api.Assertions.assertThat;

import ai.hartonomous.platform.TestDatabase;
import ai.hartonomous.platform.TestServer;
import ai.hartonomous.platform.job.PatientWorker.Wish;
import ai.hartonomous.platform.tenant.Tenant;
import java.io.IOException;
import java.io.InputStream;
import java.lang.management.ManagementFactory;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// As many clients as a node serves wait for the events of jobs at once.
@Tag("slow")
class ManyStreamsIT {

  private static final int USERS = 4;
  private static final int OF_EACH = 250;

  /// Of server and client together: buffers of a connection, two virtual threads, one subscription,
  /// and a share of what a new server loads first; 163 KiB were measured.
  private static final long MOST_BYTES_A_STREAM = 256 * 1024;

  /// A client that reads on a thread of its own until the server ends the answer.
  private static final class Client implements AutoCloseable {

    private final Socket socket;
    private final CompletableFuture<String> first = new CompletableFuture<>();
    private final CompletableFuture<String> end = new CompletableFuture<>();

    Client(TestServer server, String user, UUID job) throws IOException {
      URI address = server.request("/").build().uri();
      socket = new Socket(address.getHost(), address.getPort());
      String request =
          "GET /v1/jobs/%s/events HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer %s\r\n\r\n"
              .formatted(job, server.token(user));
      socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
      Thread.ofVirtual().start(this::read);
    }

    private void read() {
      var text = new StringBuilder();
      byte[] buffer = new byte[1024];
      try {
        InputStream in = socket.getInputStream();
        for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
          text.append(new String(buffer, 0, n, StandardCharsets.UTF_8));
          if (text.indexOf("id: 1\n") >= 0 || text.indexOf("HTTP/1.1 4") >= 0) {
            first.complete(text.toString());
          }
          if (text.toString().endsWith("\r\n0\r\n\r\n")) {
            end.complete(text.toString());
            return;
          }
        }
        throw new IOException("cut off after: " + text);
      } catch (IOException e) {
        first.completeExceptionally(e);
        end.completeExceptionally(e);
      }
    }

    @Override
    public void close() throws IOException {
      socket.close();
    }
  }

  @Test
  void waitForJobsWithoutMuchMemoryAndEndWithThem(@TempDir Path data) throws Exception {
    try (var server = new TestServer(data, settings(data))) {
      for (int round = 0; round < 2; round++) { // the second one gets the places of the first
        long before = heapBytes();
        int threads = ManagementFactory.getThreadMXBean().getThreadCount();
        List<UUID> jobs = new ArrayList<>();
        List<Client> clients = new ArrayList<>();
        for (int i = 0; i < USERS; i++) {
          jobs.add(submit(server, "u" + i));
          open(server, "u" + i, jobs.getLast(), clients);
          refusesOneMore(server, "u" + i, jobs.getLast()); // though others still may
        }

        assertThat((heapBytes() - before) / clients.size()).isLessThan(MOST_BYTES_A_STREAM);
        assertThat(ManagementFactory.getThreadMXBean().getThreadCount()).isLessThan(threads + 64);
        refusesOneMore(server, "late", submit(server, "late"));

        for (int i = 0; i < USERS; i++) {
          server.delete("u" + i, "/v1/jobs/" + jobs.get(i));
        }
        for (Client client : clients) {
          assertThat(client.end.get(30, TimeUnit.SECONDS)).contains("\"state\":\"cancelled\"");
          client.close();
        }
      }
    }
  }

  private static Map<String, String> settings(Path data) throws IOException {
    var settings = new HashMap<>(TestDatabase.settings(data));
    settings.put("hartonomous.jobs.streams", "" + USERS * OF_EACH);
    settings.put("hartonomous.jobs.streams-per-user", "" + OF_EACH);
    return settings;
  }

  private static UUID submit(TestServer server, String user) {
    var id = new AtomicReference<UUID>();
    Tenant.as(
        user,
        () -> id.set(server.bean(Jobs.class).submit(PatientWorker.KIND, new Wish(1, "wait")).id()));
    return id.get();
  }

  private static void open(TestServer server, String user, UUID job, List<Client> clients)
      throws Exception {
    for (int i = 0; i < OF_EACH; i++) {
      clients.add(new Client(server, user, job));
    }
    for (Client client : clients) {
      assertThat(client.first.get(30, TimeUnit.SECONDS)).startsWith("HTTP/1.1 200");
    }
  }

  private static void refusesOneMore(TestServer server, String user, UUID job) throws Exception {
    try (var client = new Client(server, user, job)) {
      assertThat(client.first.get(30, TimeUnit.SECONDS))
          .startsWith("HTTP/1.1 429")
          .contains("Retry-After");
    }
  }

  private static long heapBytes() {
    System.gc();
    return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
  }
}
