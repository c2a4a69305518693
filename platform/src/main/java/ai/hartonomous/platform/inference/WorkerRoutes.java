package ai.hartonomous.platform.inference;

import ai.hartonomous.distill.route.Router;
import ai.hartonomous.model.constrain.Grammar;
import ai.hartonomous.model.generate.BatchGenerator;
import ai.hartonomous.model.generate.Generation;
import ai.hartonomous.model.generate.GenerationRequest;
import ai.hartonomous.model.generate.Owner;
import ai.hartonomous.model.generate.Piece;
import ai.hartonomous.model.generate.Sampling;
import ai.hartonomous.platform.deployment.AgentLease;
import ai.hartonomous.platform.deployment.LoadedAgent;
import ai.hartonomous.platform.deployment.Mix;
import ai.hartonomous.platform.deployment.ServedAgent;
import ai.hartonomous.platform.deployment.Worker;
import ai.hartonomous.platform.inference.Answering.Task;
import ai.hartonomous.platform.inference.WorkerWire.Line;
import ai.hartonomous.platform.web.ProblemException;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.http.MediaType;
import org.springframework.web.servlet.function.RouterFunction;
import org.springframework.web.servlet.function.RouterFunctions;
import org.springframework.web.servlet.function.ServerRequest;
import org.springframework.web.servlet.function.ServerResponse;

/// What a worker answers to its server. It is no component: only workers have it.
public final class WorkerRoutes {

  private final ServedAgent agent;
  private final Answering answering;
  private final Grammars grammars;
  private final TextVectors vectors;

  /// Takes the parts of a runtime.
  ///
  /// @param agent who answers
  /// @param answering computes texts
  /// @param grammars makes grammars
  /// @param vectors computes vectors
  WorkerRoutes(ServedAgent agent, Answering answering, Grammars grammars, TextVectors vectors) {
    this.agent = agent;
    this.answering = answering;
    this.grammars = grammars;
    this.vectors = vectors;
  }

  /// {@return the paths and what they do}
  public RouterFunction<ServerResponse> routes() {
    return RouterFunctions.route()
        .POST(WorkerWire.ANSWERS, this::answers)
        .POST(WorkerWire.VECTORS, this::vectors)
        .GET(Worker.LOAD, _ -> ServerResponse.ok().body(load()))
        .build();
  }

  private Worker.Load load() {
    BatchGenerator.Load load = answering.load();
    return new Worker.Load(
        load.growing(), load.waiting(), load.usedBytes(), load.keptBytes(), answering.cacheBytes());
  }

  private ServerResponse answers(ServerRequest request) throws IOException {
    WorkerWire.Call call = read(request, WorkerWire.Call.class);
    return lines(
        out -> {
          List<Task> tasks = new ArrayList<>();
          for (WorkerWire.Part part : call.tasks()) {
            tasks.add(task(part));
          }
          var owner = new Owner(call.payer(), call.user());
          List<Generation> wholes = answering.answer(owner, tasks, new Passing(out));
          send(out, Line.wholes(wholes));
        });
  }

  private Task task(WorkerWire.Part part) {
    LoadedAgent expert = agent.experts().get(part.expert());
    GenerationRequest request = part.request();
    Grammar grammar = grammars.of(part.rule(), "response_format", expert);
    Sampling sampling = request.sampling().withGrammar(grammar);
    var whole =
        new GenerationRequest(
            request.prompt(),
            sampling,
            request.maxTokens(),
            request.stops(),
            request.stopIds(),
            request.scores(),
            request.steering(),
            request.unstopped());
    return new Task(expert, whole, mix(part.weights()), part.rule(), part.transcoders());
  }

  private @Nullable Mix mix(@Nullable List<Double> weights) {
    Router router = agent.router();
    return weights == null || router == null
        ? null
        : new Mix(
            router.experts(),
            agent.experts(),
            weights.stream().mapToDouble(Double::doubleValue).toArray());
  }

  private ServerResponse vectors(ServerRequest request) throws IOException {
    WorkerWire.Texts call = read(request, WorkerWire.Texts.class);
    var lease = new AgentLease(agent, () -> {}); // a worker has its agent from begin to end
    Runnable listener = () -> WaitingClient.requireThere(request.servletRequest());
    return lines(out -> send(out, Line.vectors(vectors.embed(lease, call.ask(), listener))));
  }

  private static <T> T read(ServerRequest request, Class<T> type) throws IOException {
    try (InputStream body = request.servletRequest().getInputStream()) {
      return WorkerWire.JSON.readValue(body, type);
    }
  }

  /// Writes the lines of an answer.
  @FunctionalInterface
  private interface Writing {

    void write(OutputStream out) throws IOException, InterruptedException;
  }

  /// A connection is used once: to the server it would be a riddle whether one that was kept is
  /// still open.
  private static ServerResponse lines(Writing writing) {
    return ServerResponse.ok()
        .contentType(MediaType.APPLICATION_NDJSON)
        .header("Connection", "close")
        .build(
            (_, response) -> {
              write(response, writing);
              return null;
            });
  }

  private static void write(HttpServletResponse response, Writing writing)
      throws IOException, ServletException {
    OutputStream out = response.getOutputStream();
    try {
      writing.write(out);
    } catch (ProblemException e) {
      send(out, Line.of(e.problem()));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new ServletException("nobody waits for the answer", e);
    }
  }

  private static void send(OutputStream out, Line line) throws IOException {
    out.write(WorkerWire.JSON.writeValueAsBytes(line));
    out.write('\n');
    out.flush();
  }

  /// Passes pieces on as they come.
  private record Passing(OutputStream out) implements Answering.Reader {

    @Override
    public void accept(int index, Piece piece) throws IOException {
      send(out, Line.of(index, piece));
    }

    @Override
    public void quiet() throws IOException {
      send(out, Line.ALIVE);
    }
  }
}
