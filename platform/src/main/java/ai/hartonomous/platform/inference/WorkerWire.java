package ai.hartonomous.platform.inference;

import ai.hartonomous.model.constrain.Grammar;
import ai.hartonomous.model.constrain.Rule;
import ai.hartonomous.model.generate.Generation;
import ai.hartonomous.model.generate.GenerationRequest;
import ai.hartonomous.model.generate.Piece;
import ai.hartonomous.model.generate.Steering;
import ai.hartonomous.platform.inference.Features.Transcoders;
import ai.hartonomous.platform.web.Problem;
import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.JsonParser;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.StreamWriteConstraints;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.DeserializationContext;
import tools.jackson.databind.SerializationContext;
import tools.jackson.databind.ValueDeserializer;
import tools.jackson.databind.ValueSerializer;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.module.SimpleModule;

/// What server and worker say to each other: JSON of the very objects that the generator takes and
/// gives, so that nothing is rounded, counted or cut on the way. Both are of one build, and nobody
/// else speaks it.
///
/// A call is one POST. Its answer is lines: pieces as they come, an empty line of sight now and
/// then, and at last the wholes, or a problem.
final class WorkerWire {

  /// Path of calls for texts.
  static final String ANSWERS = "/worker/answers";

  /// Path of calls for vectors.
  static final String VECTORS = "/worker/vectors";

  /// A schema may be as deep as a request; it stands deeper here.
  private static final int DEPTH = 2_000;

  static final JsonMapper JSON =
      JsonMapper.builder(
              JsonFactory.builder()
                  .streamReadConstraints(
                      StreamReadConstraints.builder()
                          .maxNestingDepth(DEPTH)
                          .maxStringLength(Integer.MAX_VALUE)
                          .build())
                  .streamWriteConstraints(
                      StreamWriteConstraints.builder().maxNestingDepth(DEPTH).build())
                  .build())
          .addMixIn(Rule.class, NamedRule.class)
          .addMixIn(Steering.class, NamedSteering.class)
          .addModule(
              new SimpleModule()
                  .addSerializer(Grammar.class, new NoGrammar())
                  .addDeserializer(Grammar.class, new NeverGrammar()))
          .build();

  private WorkerWire() {}

  /// Texts to continue.
  ///
  /// @param payer who pays
  /// @param user on whose behalf
  /// @param tasks what to continue
  record Call(String payer, String user, List<Part> tasks) {}

  /// One text to continue.
  ///
  /// @param expert number of the model
  /// @param request what to generate; its grammar is left out
  /// @param weights of all models for the text, which answer together, or null where one does
  /// @param rule what the grammar is made of, or null where there is none
  /// @param transcoders tell features, or null: the worker reads them itself, from the same disk
  record Part(
      int expert,
      GenerationRequest request,
      @Nullable List<Double> weights,
      @Nullable Rule rule,
      @Nullable Transcoders transcoders) {}

  /// Texts to make vectors of.
  ///
  /// @param payer who pays
  /// @param texts token ids
  /// @param space which vectors
  /// @param dimensions of the vectors
  /// @param patienceMillis how long to wait for a space that is being made
  record Texts(
      String payer, List<int[]> texts, VectorSpace space, int dimensions, long patienceMillis) {

    static Texts of(TextVectors.Ask ask) {
      long millis = ask.patience().toMillis();
      return new Texts(ask.payer(), ask.texts(), ask.space(), ask.dimensions(), millis);
    }

    TextVectors.Ask ask() {
      return new TextVectors.Ask(
          payer, texts, space, dimensions, Duration.ofMillis(patienceMillis));
    }
  }

  /// Part of an answer. One without anything says that the worker is there.
  ///
  /// @param index which of the tasks the piece belongs to
  /// @param piece the next piece of a text, or null
  /// @param wholes all texts at their end, or null
  /// @param vectors of the texts, or null
  /// @param problem why there is no more, or null
  record Line(
      int index,
      @Nullable Piece piece,
      @Nullable List<Generation> wholes,
      TextVectors.@Nullable Made vectors,
      @Nullable Problem problem) {

    /// The worker is there.
    static final Line ALIVE = new Line(0, null, null, null, null);

    static Line of(int index, Piece piece) {
      return new Line(index, piece, null, null, null);
    }

    static Line wholes(List<Generation> wholes) {
      return new Line(0, null, wholes, null, null);
    }

    static Line vectors(TextVectors.Made vectors) {
      return new Line(0, null, null, vectors, null);
    }

    static Line of(Problem problem) {
      return new Line(0, null, null, null, problem);
    }
  }

  /// Rules by their names.
  @JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "rule")
  @JsonSubTypes({
    @JsonSubTypes.Type(value = Rule.Fixed.class, name = "fixed"),
    @JsonSubTypes.Type(value = Rule.Json.class, name = "json"),
    @JsonSubTypes.Type(value = Rule.AnyObject.class, name = "object"),
    @JsonSubTypes.Type(value = Rule.Sequence.class, name = "sequence"),
    @JsonSubTypes.Type(value = Rule.Choice.class, name = "choice"),
    @JsonSubTypes.Type(value = Rule.Free.class, name = "free"),
  })
  private interface NamedRule {}

  /// What is steered by its kind.
  @JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "steering")
  @JsonSubTypes({
    @JsonSubTypes.Type(value = Steering.Scaled.class, name = "scaled"),
    @JsonSubTypes.Type(value = Steering.Added.class, name = "added"),
  })
  private interface NamedSteering {}

  /// Grammars do not travel: the worker makes its own of the rule.
  private static final class NoGrammar extends ValueSerializer<Grammar> {

    @Override
    public void serialize(Grammar grammar, JsonGenerator to, SerializationContext context) {
      to.writeNull();
    }
  }

  private static final class NeverGrammar extends ValueDeserializer<Grammar> {

    @Override
    public Grammar deserialize(JsonParser from, DeserializationContext context) {
      return context.reportInputMismatch(this, "grammars do not travel");
    }
  }
}
