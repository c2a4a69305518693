package ai.hartonomous.platform.inference;

import ai.hartonomous.interpret.probe.ResponseMeter;
import ai.hartonomous.model.generate.PromptTooLongException;
import ai.hartonomous.platform.deployment.AgentLease;
import ai.hartonomous.platform.deployment.AgentSource;
import ai.hartonomous.platform.deployment.LoadedAgent;
import ai.hartonomous.platform.deployment.ServedAgent;
import ai.hartonomous.platform.inference.TextVectors.Made;
import ai.hartonomous.platform.metering.CallMeter;
import ai.hartonomous.platform.metering.MeteredCall;
import ai.hartonomous.platform.metering.Use;
import ai.hartonomous.platform.web.Problem;
import ai.hartonomous.platform.web.Problem.FieldError;
import ai.hartonomous.platform.web.ProblemException;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.databind.JsonNode;

/// `/openai/v1/embeddings`: vectors of texts, as OpenAI's clients ask for them.
@RestController
@Tag(name = "OpenAI")
@RequestMapping("/openai/v1")
class EmbeddingsResource {

  private static final int MOST_INPUTS = 256;

  private final AgentSource agents;
  private final TextVectors vectors;
  private final CallMeter meter;
  private final Answering answering;

  EmbeddingsResource(
      AgentSource agents, TextVectors vectors, CallMeter meter, Answering answering) {
    this.agents = agents;
    this.vectors = vectors;
    this.meter = meter;
    this.answering = answering;
  }

  /// A vector as OpenAI's clients read it.
  ///
  /// @param object always `embedding`
  /// @param index which of the inputs
  /// @param embedding a list of numbers, or the base 64 of them as 32-bit floats, low byte first
  record Entry(String object, int index, Object embedding) {}

  @Operation(
      operationId = "createEmbedding",
      summary = "Vectors of texts",
      description =
          "The mean of the agent's last hidden state over the tokens of each text, of length 1; or"
              + " with the space `probe` its similarity to each of 1,536 probe texts, as the agent"
              + " sees them, comparable with those of other agents.")
  @ApiResponse(responseCode = "200", description = "The vectors, in the order of the texts")
  @ApiResponse(responseCode = "402", description = "A budget or the wallet does not have it")
  @ApiResponse(responseCode = "404", description = "No such deployed agent of this user")
  @ApiResponse(responseCode = "422", description = "The agent has no such space")
  @ApiResponse(responseCode = "503", description = "The agent is still being measured")
  @PostMapping("/embeddings")
  Map<String, Object> embed(
      @RequestBody EmbeddingRequest request, HttpServletRequest http, HttpServletResponse response)
      throws IOException, InterruptedException {
    String name = Opened.required(request.model());
    String format = Objects.requireNonNullElse(request.encodingFormat(), "float");
    if (!List.of("float", "base64").contains(format)) {
      throw Problem.invalid("encoding_format", "must be float or base64");
    }
    VectorSpace space = request.space();
    Duration patience = WaitingClient.shortOf(http, answering.whole());
    try (AgentLease lease = Opened.of(agents, name, response)) {
      LoadedAgent agent = only(lease.agent());
      int dimensions = dimensions(request, space.dimensions(agent.config()));
      List<int[]> texts = texts(request.input(), agent, space);
      int tokens = texts.stream().mapToInt(it -> it.length).sum();
      Made made;
      String receipt;
      try (MeteredCall call = meter.reserve(Metered.ask(agent.id(), request, tokens))) {
        var ask = new TextVectors.Ask(call.payer(), texts, space, dimensions, patience);
        made = vectors.embed(lease, ask, () -> WaitingClient.requireThere(http));
        receipt = call.settle(new Use(tokens, 0, 0, 1, made.micros()));
      }
      if (!receipt.isEmpty()) {
        response.setHeader(Metered.RECEIPT, receipt);
      }
      return body(name, entries(made.vectors(), format), tokens, space, receipt);
    }
  }

  private static int dimensions(EmbeddingRequest request, int all) {
    int dimensions = Objects.requireNonNullElse(request.dimensions(), all);
    if (dimensions < 1 || dimensions > all) {
      throw Problem.invalid("dimensions", "must be 1 to %d".formatted(all));
    }
    return dimensions;
  }

  private static Map<String, Object> body(
      String name, List<Entry> entries, int tokens, VectorSpace space, String receipt) {
    Map<String, Object> body = new LinkedHashMap<>();
    body.put("object", "list");
    body.put("data", entries);
    body.put("model", name);
    body.put("usage", Map.of("prompt_tokens", tokens, "total_tokens", tokens));
    if (space == VectorSpace.PROBE) {
      Map<String, Object> own = new LinkedHashMap<>();
      own.put("space", space.label());
      own.put("texts", ProbeSpaces.textsHash());
      body.put("hartonomous", own);
    }
    Metered.with(body, receipt);
    return body;
  }

  private static List<Entry> entries(List<float[]> made, String format) {
    List<Entry> data = new ArrayList<>();
    for (int i = 0; i < made.size(); i++) {
      float[] vector = made.get(i);
      data.add(new Entry("embedding", i, format.equals("float") ? vector : base64(vector)));
    }
    return data;
  }

  private static LoadedAgent only(ServedAgent served) {
    if (served.experts().size() > 1) {
      throw Problem.invalid(
          "model", "is an agent of several sources, which have no vectors in common");
    }
    return served.experts().getFirst();
  }

  private static List<int[]> texts(@Nullable JsonNode input, LoadedAgent agent, VectorSpace space) {
    int passed = space == VectorSpace.PROBE ? ResponseMeter.leading(agent.tokenizer()) : 0;
    List<JsonNode> inputs = Prompts.of("input", input, MOST_INPUTS);
    int context = agent.config().extents().positions();
    List<int[]> texts = new ArrayList<>();
    for (JsonNode text : inputs) {
      int[] ids = Prompts.ids("input", text, agent.tokenizer());
      if (ids.length <= passed) {
        throw Problem.invalid("input", "a text has no tokens");
      }
      if (ids.length > context) {
        String message =
            String.valueOf(new PromptTooLongException(ids.length, context).getMessage());
        throw new ProblemException(
            new Problem(
                400,
                "context-length-exceeded",
                message,
                List.of(new FieldError("input", message))));
      }
      texts.add(ids);
    }
    return texts;
  }

  private static String base64(float[] vector) {
    ByteBuffer bytes =
        ByteBuffer.allocate(vector.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    bytes.asFloatBuffer().put(vector);
    return Base64.getEncoder().encodeToString(bytes.array());
  }
}
