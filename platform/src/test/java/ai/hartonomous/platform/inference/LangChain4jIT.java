package ai.hartonomous.platform.inference;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.hartonomous.platform.TestServer;
import dev.langchain4j.agent.tool.ToolExecutionRequest;
import dev.langchain4j.agent.tool.ToolSpecification;
import dev.langchain4j.data.embedding.Embedding;
import dev.langchain4j.data.message.ToolExecutionResultMessage;
import dev.langchain4j.data.message.UserMessage;
import dev.langchain4j.data.segment.TextSegment;
import dev.langchain4j.exception.AuthenticationException;
import dev.langchain4j.exception.InvalidRequestException;
import dev.langchain4j.exception.ModelNotFoundException;
import dev.langchain4j.model.chat.request.ChatRequest;
import dev.langchain4j.model.chat.request.ResponseFormat;
import dev.langchain4j.model.chat.request.ResponseFormatType;
import dev.langchain4j.model.chat.request.ToolChoice;
import dev.langchain4j.model.chat.request.json.JsonObjectSchema;
import dev.langchain4j.model.chat.request.json.JsonSchema;
import dev.langchain4j.model.chat.response.ChatResponse;
import dev.langchain4j.model.chat.response.StreamingChatResponseHandler;
import dev.langchain4j.model.openai.OpenAiChatModel;
import dev.langchain4j.model.openai.OpenAiEmbeddingModel;
import dev.langchain4j.model.openai.OpenAiStreamingChatModel;
import dev.langchain4j.model.output.FinishReason;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// LangChain4j's OpenAI client, unchanged, against a running server.
class LangChain4jIT {

  private static final TestServer SERVER = TestServer.shared();
  private static final JsonObjectSchema TRIP =
      JsonObjectSchema.builder()
          .addStringProperty("city")
          .addIntegerProperty("days")
          .addEnumProperty("unit", List.of("C", "F"))
          .required("city", "days", "unit")
          .build();
  private static final ToolSpecification WEATHER =
      ToolSpecification.builder().name("weather").description("says it").parameters(TRIP).build();

  @BeforeAll
  static void deploy() throws Exception {
    WriterAgent.deploy(SERVER, "lena", "lang-writer", WriterAgent.WITH_TOOLS);
  }

  private static String base() {
    return SERVER.request("/openai/v1").build().uri().toString();
  }

  private static OpenAiChatModel.OpenAiChatModelBuilder model() {
    return OpenAiChatModel.builder()
        .baseUrl(base())
        .apiKey(SERVER.token("lena"))
        .modelName("lang-writer")
        .maxTokens(90)
        .seed(7)
        .strictJsonSchema(true)
        .maxRetries(0);
  }

  private static ChatRequest.Builder hello() {
    return ChatRequest.builder().messages(UserMessage.from("hello"));
  }

  private static void assertFits(String document) {
    JsonNode trip = JsonMapper.shared().readTree(document);
    assertThat(trip.propertyNames()).containsExactly("city", "days", "unit");
    assertThat(trip.get("city").isString()).isTrue();
    assertThat(trip.get("days").isIntegralNumber()).isTrue();
    assertThat(trip.get("unit").asString()).isIn("C", "F");
  }

  @Test
  void chats() {
    ChatResponse answer = model().build().chat(hello().build());

    assertThat(answer.id()).startsWith("chatcmpl-");
    assertThat(answer.finishReason()).isIn(FinishReason.STOP, FinishReason.LENGTH);
    assertThat(answer.tokenUsage().totalTokenCount())
        .isEqualTo(answer.tokenUsage().inputTokenCount() + answer.tokenUsage().outputTokenCount());
  }

  @Test
  void answersAsASchemaSays() {
    var schema = JsonSchema.builder().name("trip").rootElement(TRIP).build();
    var format = ResponseFormat.builder().type(ResponseFormatType.JSON).jsonSchema(schema).build();

    ChatResponse answer = model().build().chat(hello().responseFormat(format).build());

    assertFits(answer.aiMessage().text());
  }

  @Test
  void callsATool() {
    ChatResponse answer =
        model()
            .build()
            .chat(hello().toolSpecifications(WEATHER).toolChoice(ToolChoice.REQUIRED).build());

    ToolExecutionRequest call = answer.aiMessage().toolExecutionRequests().getFirst();
    assertThat(answer.finishReason()).isEqualTo(FinishReason.TOOL_EXECUTION);
    assertThat(call.name()).isEqualTo("weather");
    assertFits(call.arguments());

    ChatResponse next =
        model()
            .build()
            .chat(
                ChatRequest.builder()
                    .messages(
                        UserMessage.from("hello"),
                        answer.aiMessage(),
                        ToolExecutionResultMessage.from(call, "sunny"))
                    .toolSpecifications(WEATHER)
                    .build());
    assertThat(next.tokenUsage().inputTokenCount())
        .isGreaterThan(answer.tokenUsage().inputTokenCount());
  }

  @Test
  void streams() throws Exception {
    var text = new StringBuilder();
    ChatResponse answer = stream(hello().build(), text);

    assertThat(answer.aiMessage().text()).isEqualTo(text.toString());
    assertThat(answer.tokenUsage().outputTokenCount()).isPositive();
  }

  @Test
  void streamsACall() throws Exception {
    ChatRequest request =
        hello().toolSpecifications(WEATHER).toolChoice(ToolChoice.REQUIRED).build();

    ChatResponse answer = stream(request, new StringBuilder());

    ToolExecutionRequest call = answer.aiMessage().toolExecutionRequests().getFirst();
    assertThat(call.id()).startsWith("call_");
    assertFits(call.arguments());
  }

  private static ChatResponse stream(ChatRequest request, StringBuilder text) throws Exception {
    var whole = new CompletableFuture<ChatResponse>();
    OpenAiStreamingChatModel.builder()
        .baseUrl(base())
        .apiKey(SERVER.token("lena"))
        .modelName("lang-writer")
        .maxTokens(90)
        .seed(7)
        .build()
        .chat(
            request,
            new StreamingChatResponseHandler() {
              @Override
              public void onPartialResponse(String part) {
                text.append(part);
              }

              @Override
              public void onCompleteResponse(ChatResponse response) {
                whole.complete(response);
              }

              @Override
              public void onError(Throwable error) {
                whole.completeExceptionally(error);
              }
            });
    return whole.get(60, TimeUnit.SECONDS);
  }

  @Test
  void embeds() {
    var model =
        OpenAiEmbeddingModel.builder()
            .baseUrl(base())
            .apiKey(SERVER.token("lena"))
            .modelName("lang-writer")
            .build();

    List<Embedding> vectors =
        model.embedAll(List.of(TextSegment.from("one"), TextSegment.from("two"))).content();

    assertThat(vectors).hasSize(2);
    assertThat(vectors.getFirst().vector()).hasSize(12);
    assertThat(vectors.getFirst()).isNotEqualTo(vectors.getLast());
  }

  @Test
  void tellsErrorsApart() {
    var nobody = model().modelName("nobody").build();
    var wrong = model().temperature(9.0).build();
    var stranger = model().apiKey("nobody").build();

    assertThatThrownBy(() -> nobody.chat("hi")).isInstanceOf(ModelNotFoundException.class);
    assertThatThrownBy(() -> wrong.chat("hi")).isInstanceOf(InvalidRequestException.class);
    assertThatThrownBy(() -> stranger.chat("hi")).isInstanceOf(AuthenticationException.class);
  }
}
