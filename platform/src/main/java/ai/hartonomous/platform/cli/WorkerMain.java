package ai.hartonomous.platform.cli;

import ai.hartonomous.platform.deployment.WorkerOrder;
import ai.hartonomous.platform.deployment.WorkerReady;
import ai.hartonomous.platform.runtime.AgentRuntime;
import ai.hartonomous.platform.runtime.RuntimeOptions;
import ai.hartonomous.platform.runtime.RuntimeOptions.Agent;
import ai.hartonomous.platform.runtime.RuntimeOptions.Limits;
import ai.hartonomous.platform.runtime.RuntimeOptions.Place;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.springframework.util.unit.DataSize;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/// The command of a worker: a process that a server starts to compute for it. What to do comes by
/// the standard input, and when that ends the server is gone, and so is the worker. Nobody else
/// starts it.
public final class WorkerMain {

  private static final JsonMapper JSON = JsonMapper.shared();
  private static final Duration FAREWELL = Duration.ofSeconds(3);

  private WorkerMain() {}

  /// Serves an agent for as long as the standard input is open.
  ///
  /// @param arguments not read
  public static void main(String[] arguments) {
    PrintStream answer = System.out;
    System.setOut(System.err); // whatever else is printed is for the server's log
    Main.quietLibraries();
    var input = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    WorkerReady ready = start(input);
    answer.println(JSON.writeValueAsString(ready));
    answer.flush();
    if (ready.failure() != null) {
      System.exit(1);
    }
  }

  private static WorkerReady start(BufferedReader input) {
    String folder = "";
    try {
      String line = input.readLine();
      WorkerOrder order = JSON.readValue(line == null ? "" : line, WorkerOrder.class);
      folder = order.folder() + "/"; // is the server's business alone
      Thread.ofPlatform().daemon().name("parent").start(() -> endWith(input));
      return serve(order);
    } catch (IOException | JacksonException e) {
      String reason = String.valueOf(e.getMessage()).replace(folder, "");
      return WorkerReady.failed("cannot serve it: " + reason);
    }
  }

  /// The threads of the runtime keep the process alive.
  private static WorkerReady serve(WorkerOrder order) throws IOException {
    AgentRuntime runtime =
        AgentRuntime.startWorker(
            new RuntimeOptions(
                order.folder(),
                new Agent(null, order.agent()),
                new Place("127.0.0.1", 0, order.key()),
                new Limits(order.threads(), DataSize.ofBytes(order.memoryBytes()), order.weights()),
                order.probes()));
    return new WorkerReady(runtime.port(), runtime.sizeBytes(), runtime.manifest(), null);
  }

  private static void endWith(BufferedReader input) {
    try {
      input.transferTo(Writer.nullWriter()); // the server says nothing more
    } catch (IOException _) {
      // the same as its end
    }
    Thread.ofPlatform().daemon().name("farewell").start(WorkerMain::haltSoon);
    System.exit(0);
  }

  /// Nobody hears what is under way: it need not be waited for long.
  private static void haltSoon() {
    try {
      Thread.sleep(FAREWELL);
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
    Runtime.getRuntime().halt(0);
  }
}
