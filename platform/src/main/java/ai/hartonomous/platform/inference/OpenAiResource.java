package ai.hartonomous.platform.inference;

import ai.hartonomous.distill.route.Router.Choice;
import ai.hartonomous.model.generate.Generation;
import ai.hartonomous.model.generate.GenerationRequest;
import ai.hartonomous.platform.agent.Agents.ReadyAgent;
import ai.hartonomous.platform.deployment.Deployments;
import ai.hartonomous.platform.deployment.ServedAgent;
import ai.hartonomous.platform.deployment.ServedAgent.Answerer;
import ai.hartonomous.platform.inference.ChatRequest.Message;
import ai.hartonomous.platform.inference.ChatRequest.StreamOptions;
import ai.hartonomous.platform.web.Problem;
import ai.hartonomous.platform.web.Problem.FieldError;
import ai.hartonomous.platform.web.ProblemException;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.databind.JsonNode;

/// `/openai/v1`: deployed agents answer OpenAI's clients.
@RestController
@Tag(name = "OpenAI")
@RequestMapping("/openai/v1")
class OpenAiResource {

  /// Header of an answer of an agent of several sources: the expert that gave it.
  private static final String EXPERT = "Hartonomous-Expert";

  private final Deployments deployments;
  private final Answering answering;
  private final InstantSource clock = InstantSource.system();

  OpenAiResource(Deployments deployments, Answering answering) {
    this.deployments = deployments;
    this.answering = answering;
  }

  /// A model as OpenAI's clients list it.
  ///
  /// @param id what requests call it
  /// @param object always `model`
  /// @param created Unix time in seconds
  /// @param owned_by always `user`
  record ModelEntry(String id, String object, long created, String owned_by) {

    static ModelEntry of(ReadyAgent agent) {
      return new ModelEntry(agent.name(), "model", agent.created().getEpochSecond(), "user");
    }
  }

  @Operation(operationId = "listOpenAiModels", summary = "Deployed agents, as OpenAI lists models")
  @GetMapping("/models")
  Map<String, Object> models() {
    List<ModelEntry> entries = deployments.deployed().stream().map(ModelEntry::of).toList();
    return Map.of("object", "list", "data", entries);
  }

  @Operation(
      operationId = "getOpenAiModel",
      summary = "One deployed agent, as OpenAI shows a model")
  @GetMapping("/models/{id}")
  ModelEntry model(@PathVariable String id) {
    return ModelEntry.of(agent(id));
  }

  @Operation(
      operationId = "createChatCompletion",
      summary = "An agent answers a conversation",
      description = "Whole, or token by token as server-sent events with `stream`.")
  @ApiResponse(
      responseCode = "200",
      description = "The answer",
      content = {
        @Content(mediaType = "application/json", schema = @Schema(type = "object")),
        @Content(mediaType = "text/event-stream", schema = @Schema(type = "string"))
      })
  @ApiResponse(responseCode = "404", description = "No such deployed agent of this user")
  @ApiResponse(responseCode = "422", description = "The agent's chat template failed")
  @PostMapping("/chat/completions")
  void chat(@RequestBody ChatRequest request, HttpServletResponse response)
      throws IOException, InterruptedException {
    String model = required(request.model());
    ServedAgent served = deployments.load(agent(model));
    Parameters parameters = Parameters.of(request);
    List<Message> messages = request.messages();
    Answerer answerer = served.answerer(ChatPrompt.question(messages));
    String prompt = ChatPrompt.of(answerer.agent(), Objects.requireNonNull(messages));
    var stream = stream(request.stream(), request.streamOptions());
    answer(
        new Order(Wire.Kind.CHAT, model, answerer, parameters.request(answerer.agent(), prompt)),
        stream,
        response);
  }

  @Operation(
      operationId = "createCompletion",
      summary = "An agent continues a text",
      description = "Whole, or token by token as server-sent events with `stream`.")
  @ApiResponse(
      responseCode = "200",
      description = "The answer",
      content = {
        @Content(mediaType = "application/json", schema = @Schema(type = "object")),
        @Content(mediaType = "text/event-stream", schema = @Schema(type = "string"))
      })
  @ApiResponse(responseCode = "404", description = "No such deployed agent of this user")
  @ApiResponse(responseCode = "422", description = "The agent's chat template failed")
  @PostMapping("/completions")
  void complete(@RequestBody CompletionRequest request, HttpServletResponse response)
      throws IOException, InterruptedException {
    String model = required(request.model());
    ServedAgent served = deployments.load(agent(model));
    Parameters parameters = Parameters.of(request);
    JsonNode prompt = request.prompt();
    if (prompt == null || !prompt.isString()) {
      throw Problem.invalid("prompt", "must be a text");
    }
    Answerer answerer = served.answerer(prompt.asString());
    GenerationRequest generation = parameters.request(answerer.agent(), prompt.asString());
    var stream = stream(request.stream(), request.streamOptions());
    answer(new Order(Wire.Kind.TEXT, model, answerer, generation), stream, response);
  }

  /// What to answer.
  private record Order(
      Wire.Kind kind, String model, Answerer answerer, GenerationRequest request) {}

  /// How the answer goes over the wire.
  private enum Delivery {
    WHOLE,
    STREAM,
    STREAM_WITH_USAGE
  }

  private void answer(Order order, Delivery delivery, HttpServletResponse response)
      throws IOException, InterruptedException {
    Choice choice = order.answerer().choice();
    if (choice != null) {
      response.setHeader(EXPERT, choice.name());
    }
    long now = clock.instant().getEpochSecond();
    Wire wire = Wire.of(order.kind(), order.model(), now, choice);
    if (delivery == Delivery.WHOLE) {
      Generation answer = answering.answer(order.answerer().agent(), order.request(), _ -> {});
      response.setContentType("application/json");
      response.getOutputStream().write(EventStream.JSON.writeValueAsBytes(wire.whole(answer)));
      return;
    }
    var stream = new EventStream(response);
    Generation answer =
        answering.answer(
            order.answerer().agent(),
            order.request(),
            text -> {
              stream.begin(order.kind() == Wire.Kind.CHAT ? wire.role() : null);
              stream.send(wire.part(text));
            });
    stream.begin(order.kind() == Wire.Kind.CHAT ? wire.role() : null);
    stream.send(wire.finish(answer));
    if (delivery == Delivery.STREAM_WITH_USAGE) {
      stream.send(wire.usageChunk(answer));
    }
    stream.end();
  }

  private static Delivery stream(@Nullable Boolean wanted, @Nullable StreamOptions options) {
    if (!Boolean.TRUE.equals(wanted)) {
      return Delivery.WHOLE;
    }
    boolean usage = options != null && Boolean.TRUE.equals(options.includeUsage());
    return usage ? Delivery.STREAM_WITH_USAGE : Delivery.STREAM;
  }

  private static String required(@Nullable String model) {
    if (model == null || model.isBlank()) {
      throw Problem.invalid("model", "is missing");
    }
    return model;
  }

  private ReadyAgent agent(String model) {
    String message = "There is no deployed agent '%s'.".formatted(model);
    return deployments
        .find(model)
        .orElseThrow(
            () ->
                new ProblemException(
                    new Problem(
                        404,
                        "model-not-found",
                        message,
                        List.of(new FieldError("model", message)))));
  }
}
