package ai.hartonomous.platform.inference;

import ai.hartonomous.distill.route.Router.Choice;
import ai.hartonomous.model.constrain.Rule;
import ai.hartonomous.model.generate.Generation;
import ai.hartonomous.model.generate.GenerationRequest;
import ai.hartonomous.model.generate.Owner;
import ai.hartonomous.model.generate.Piece;
import ai.hartonomous.platform.audit.Caller;
import ai.hartonomous.platform.deployment.AgentLease;
import ai.hartonomous.platform.deployment.AgentSource;
import ai.hartonomous.platform.deployment.LoadedAgent;
import ai.hartonomous.platform.deployment.ServedAgent;
import ai.hartonomous.platform.deployment.ServedAgent.Answerer;
import ai.hartonomous.platform.inference.Answering.Task;
import ai.hartonomous.platform.inference.ChatRequest.Message;
import ai.hartonomous.platform.inference.ChatRequest.StreamOptions;
import ai.hartonomous.platform.inference.Extension.Within;
import ai.hartonomous.platform.metering.CallMeter;
import ai.hartonomous.platform.metering.MeteredCall;
import ai.hartonomous.platform.web.IdempotencyKey;
import ai.hartonomous.platform.web.Problem;
import ai.hartonomous.platform.web.ProblemException;
import ai.hartonomous.platform.web.ProblemWriter;
import io.swagger.v3.oas.annotations.Hidden;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.time.InstantSource;
import java.util.ArrayList;
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

  /// Header of an answer of an agent of several sources: the expert that gave it, where one did.
  private static final String EXPERT = "Hartonomous-Expert";

  /// More would not fit into an entry of the audit log.
  private static final int STEERED_IN_ENTRY = 4;

  private final AgentSource agents;
  private final Answering answering;
  private final Caller caller;
  private final Grammars grammars;
  private final CallMeter meter;
  private final Features features;
  private final InstantSource clock = InstantSource.system();

  OpenAiResource(
      AgentSource agents,
      Answering answering,
      Caller caller,
      Grammars grammars,
      CallMeter meter,
      Features features) {
    this.agents = agents;
    this.answering = answering;
    this.caller = caller;
    this.grammars = grammars;
    this.meter = meter;
    this.features = features;
  }

  /// A model as OpenAI's clients list it.
  ///
  /// @param id what requests call it
  /// @param object always `model`
  /// @param created Unix time in seconds
  /// @param owned_by always `user`
  record ModelEntry(String id, String object, long created, String owned_by) {

    static ModelEntry of(AgentSource.Entry agent) {
      return new ModelEntry(agent.name(), "model", agent.created().getEpochSecond(), "user");
    }
  }

  @Operation(operationId = "listOpenAiModels", summary = "Deployed agents, as OpenAI lists models")
  @GetMapping("/models")
  Map<String, Object> models() {
    List<ModelEntry> entries = agents.entries().stream().map(ModelEntry::of).toList();
    return Map.of("object", "list", "data", entries);
  }

  @Operation(
      operationId = "getOpenAiModel",
      summary = "One deployed agent, as OpenAI shows a model")
  @GetMapping("/models/{id}")
  ModelEntry model(@PathVariable String id) {
    return agents.entry(id).map(ModelEntry::of).orElseThrow(() -> Opened.none(id));
  }

  /// The same for the name of an agent of the marketplace, whose slash a client may leave as it is.
  @Hidden
  @GetMapping("/models/{publisher}/{name}")
  ModelEntry model(@PathVariable String publisher, @PathVariable String name) {
    return model(publisher + "/" + name);
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
  @ApiResponse(responseCode = "402", description = "A budget or the wallet does not have it")
  @ApiResponse(responseCode = "404", description = "No such deployed agent of this user")
  @ApiResponse(responseCode = "422", description = "The agent's chat template failed")
  @PostMapping("/chat/completions")
  void chat(@RequestBody ChatRequest request, HttpServletRequest http, HttpServletResponse response)
      throws IOException, InterruptedException {
    WaitingClient client = WaitingClient.of(http, answering.whole());
    String model = Opened.required(request.model());
    try (AgentLease lease = Opened.of(agents, model, response)) {
      Parameters parameters = Parameters.of(request, Metered.seed(IdempotencyKey.of(http)));
      List<Message> messages = request.messages();
      Answerer answerer = lease.agent().answerer(ChatPrompt.question(messages));
      LoadedAgent agent = answerer.agent();
      Tools tools = Tools.of(request.tools(), request.toolChoice());
      AnswerForm form = AnswerForm.of(request.responseFormat(), tools, agent);
      Parameters formed = parameters.following(grammars.of(form, agent), form.callMark());
      String prompt = ChatPrompt.of(agent, Objects.requireNonNull(messages), tools);
      int[] ids = Prompts.encode(prompt, agent.tokenizer());
      var order =
          new Order(
              new Asked(Wire.Kind.CHAT, model, Metered.asked(request)),
              answerer,
              formed,
              form.rule(),
              formed.more().within(answerer, features),
              List.of(ids),
              false);
      Delivery delivery = stream(request.stream(), request.streamOptions());
      answer(order, new Calls(form.frames()), delivery, client, response);
    }
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
  @ApiResponse(responseCode = "402", description = "A budget or the wallet does not have it")
  @ApiResponse(responseCode = "404", description = "No such deployed agent of this user")
  @ApiResponse(responseCode = "422", description = "The agent's chat template failed")
  @PostMapping("/completions")
  void complete(
      @RequestBody CompletionRequest request, HttpServletRequest http, HttpServletResponse response)
      throws IOException, InterruptedException {
    WaitingClient client = WaitingClient.of(http, answering.whole());
    String model = Opened.required(request.model());
    try (AgentLease lease = Opened.of(agents, model, response)) {
      Delivery delivery = stream(request.stream(), request.streamOptions());
      Order order = order(request, IdempotencyKey.of(http), lease.agent());
      if (order.echo() && delivery != Delivery.WHOLE) {
        throw Problem.invalid("echo", "is not supported in a stream");
      }
      answer(order, new Calls(List.of()), delivery, client, response);
    }
  }

  private Order order(CompletionRequest request, @Nullable String key, ServedAgent served)
      throws IOException {
    Parameters parameters = Parameters.of(request, Metered.seed(key));
    List<JsonNode> prompts = Prompts.of(request.prompt());
    if (served.experts().size() > 1 && (prompts.size() > 1 || !prompts.getFirst().isString())) {
      throw Problem.invalid("prompt", "must be one text for an agent of several sources");
    }
    var first = served.experts().getFirst().tokenizer();
    Answerer answerer = served.answerer(Prompts.text(prompts.getFirst(), first));
    var tokenizer = answerer.agent().tokenizer();
    List<int[]> ids = prompts.stream().map(it -> Prompts.ids(it, tokenizer)).toList();
    boolean echo = Boolean.TRUE.equals(request.echo());
    var asked = new Asked(Wire.Kind.TEXT, Opened.required(request.model()), Metered.asked(request));
    Within within = parameters.more().within(answerer, features);
    return new Order(asked, answerer, parameters, null, within, ids, echo);
  }

  /// What was asked.
  ///
  /// @param model who answers, as the client named it
  /// @param whole all of it, as {@link Metered#asked} has it
  private record Asked(Wire.Kind kind, String model, String whole) {}

  /// What to answer.
  private record Order(
      Asked asked,
      Answerer answerer,
      Parameters parameters,
      @Nullable Rule rule,
      Within within,
      List<int[]> prompts,
      boolean echo) {

    List<Task> tasks() {
      List<Task> tasks =
          prompts.stream()
              .flatMap(prompt -> parameters.requests(answerer, prompt, within.steering()).stream())
              .map(this::task)
              .toList();
      if (tasks.size() > Parameters.MOST_ANSWERS) {
        throw Problem.invalid(
            "n", "must be at most %d answers together".formatted(Parameters.MOST_ANSWERS));
      }
      return tasks;
    }

    private Task task(GenerationRequest request) {
      return new Task(answerer.agent(), request, answerer.mix(), rule, within.transcoders());
    }

    CallMeter.Ask ask(List<Task> tasks) {
      return Metered.ask(asked.model(), asked.whole(), tasks, parameters.answers());
    }

    List<Wire.Entry> entries(List<Generation> answers) {
      List<Wire.Entry> entries = new ArrayList<>();
      for (int i = 0; i < answers.size(); i++) {
        int[] prompt = prompts.get(i / parameters.answers());
        boolean scored = parameters.scores().wanted();
        entries.add(new Wire.Entry(answers.get(i), scored, echo ? prompt : null));
      }
      return entries;
    }
  }

  /// How the answer goes over the wire.
  private enum Delivery {
    WHOLE,
    STREAM,
    STREAM_WITH_USAGE
  }

  private void answer(
      Order order,
      Calls calls,
      Delivery delivery,
      WaitingClient client,
      HttpServletResponse response)
      throws IOException, InterruptedException {
    Choice choice = order.answerer().choice();
    if (choice != null && order.answerer().mix() == null) {
      response.setHeader(EXPERT, choice.name());
    }
    var wire =
        new Wire(
            order.asked().kind(),
            order.asked().kind().newId(),
            clock.instant().getEpochSecond(),
            order.asked().model(),
            order.answerer(),
            calls,
            new TextOffsets());
    List<Task> tasks = order.tasks();
    try (MeteredCall call = meter.reserve(order.ask(tasks))) {
      recordSteering(order);
      if (delivery == Delivery.WHOLE) {
        List<Generation> answers = answering.answer(owner(call), tasks, client);
        var usage = Usage.of(answers, order.parameters().answers());
        byte[] body = EventStream.JSON.writeValueAsBytes(wire.whole(order.entries(answers), usage));
        String receipt = call.settle(Metered.use(usage, answers));
        if (!receipt.isEmpty()) {
          response.setHeader(Metered.RECEIPT, receipt);
        }
        response.setContentType("application/json");
        response.getOutputStream().write(body);
      } else {
        stream(wire, order, tasks, delivery, new EventStream(response), call);
      }
    }
  }

  private Owner owner(MeteredCall call) {
    return new Owner(call.payer(), caller.name());
  }

  /// Who changes what an agent computes is to be found later.
  private void recordSteering(Order order) {
    List<String> steered = order.parameters().more().steered();
    for (int from = 0; from < steered.size(); from += STEERED_IN_ENTRY) {
      int to = Math.min(steered.size(), from + STEERED_IN_ENTRY);
      String some = String.join(" ", steered.subList(from, to));
      caller.does("agent.steer", order.answerer().agent().id() + " " + some);
    }
  }

  private void stream(
      Wire wire,
      Order order,
      List<Task> tasks,
      Delivery delivery,
      EventStream stream,
      MeteredCall call)
      throws IOException, InterruptedException {
    List<Map<String, Object>> roles = new ArrayList<>();
    for (int i = 0; i < tasks.size() && order.asked().kind() == Wire.Kind.CHAT; i++) {
      roles.add(wire.role(i));
    }
    List<Generation> answers;
    try {
      var parts = new Metered.Parts(tasks, order.parameters().answers());
      var reader = new StreamReader(wire, stream, roles, call, parts);
      answers = answering.answer(owner(call), tasks, reader);
    } catch (ProblemException e) {
      if (!stream.isBegun()) {
        throw e;
      }
      stream.send(ProblemWriter.openAiError(e.problem()));
      return;
    }
    stream.begin(roles);
    var usage = Usage.of(answers, order.parameters().answers());
    String receipt = call.settle(Metered.use(usage, answers));
    for (int i = 0; i < answers.size(); i++) {
      List<Map<String, Object>> lasts = wire.finish(i, answers.get(i));
      if (i == answers.size() - 1) {
        Metered.with(lasts.getLast(), receipt);
      }
      for (Map<String, Object> last : lasts) {
        stream.send(last);
      }
    }
    if (delivery == Delivery.STREAM_WITH_USAGE) {
      stream.send(wire.usageChunk(usage));
    }
    stream.end();
  }

  /// Passes pieces on as they come.
  private record StreamReader(
      Wire wire,
      EventStream stream,
      List<Map<String, Object>> roles,
      MeteredCall call,
      Metered.Parts parts)
      implements Answering.Reader {

    @Override
    public void accept(int index, Piece piece) throws IOException {
      call.wrote(parts.of(index, piece));
      stream.begin(roles);
      for (Map<String, Object> part : wire.parts(index, piece)) {
        stream.send(part);
      }
    }

    @Override
    public void quiet() throws IOException {
      stream.begin(roles);
      stream.ping();
    }
  }

  private static Delivery stream(@Nullable Boolean wanted, @Nullable StreamOptions options) {
    if (!Boolean.TRUE.equals(wanted)) {
      return Delivery.WHOLE;
    }
    boolean usage = options != null && Boolean.TRUE.equals(options.includeUsage());
    return usage ? Delivery.STREAM_WITH_USAGE : Delivery.STREAM;
  }
}
