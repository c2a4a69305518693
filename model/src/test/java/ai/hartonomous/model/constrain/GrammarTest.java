package ai.hartonomous.model.constrain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.hartonomous.model.tokenizer.EmbeddedVocabulary;
import ai.hartonomous.model.tokenizer.EmbeddedVocabulary.Marks;
import ai.hartonomous.model.tokenizer.Piece;
import ai.hartonomous.model.tokenizer.Tokenizer;
import ai.hartonomous.model.tokenizer.Tokenizers;
import com.networknt.schema.ExecutionContext;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Grammars without a model: tokens are chosen at random.
class GrammarTest {

  private static final int END = 256;
  private static final Tokenizer BYTES = tokenizer("{\"", "\":", "true", "\"}", "é", "aaaa");
  private static final Vocabulary VOCABULARY = new Vocabulary(BYTES, 1_000, Set.of(END));

  /// Every byte, an end, and some texts.
  private static Tokenizer tokenizer(String... texts) {
    List<Piece> pieces = new ArrayList<>();
    for (int value = 0; value < 256; value++) {
      pieces.add(new Piece("<0x%02X>".formatted(value), 0, Piece.Type.BYTE));
    }
    pieces.add(new Piece("</s>", 0, Piece.Type.CONTROL));
    for (String text : texts) {
      pieces.add(new Piece(text, 0, Piece.Type.NORMAL));
    }
    Marks marks = new Marks(-1, END, -1, false, false);
    try {
      return Tokenizers.of(
          new EmbeddedVocabulary("llama", null, pieces, List.of(), marks), Path.of("bytes"));
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private static JsonNode json(String text) {
    return JsonMapper.shared().readTree(text.replace('\'', '"'));
  }

  private static Grammar grammar(String schema) throws SchemaException {
    return Grammar.of(new Rule.Json(json(schema)), VOCABULARY);
  }

  /// {@return a text of random tokens}
  private static String write(Grammar grammar, int most, SplittableRandom random) {
    var bytes = new ByteArrayOutputStream();
    Progress text = grammar.begin();
    for (int left = most; left > 0 && !text.isComplete(); left--) {
      BitSet allowed = text.allowed(left);
      if (allowed.isEmpty()) {
        break;
      }
      int[] ids = allowed.stream().toArray();
      int id = ids[random.nextInt(ids.length)];
      if (id == END) {
        break;
      }
      text.accept(id);
      bytes.writeBytes(BYTES.bytes(id));
    }
    return bytes.toString(StandardCharsets.UTF_8);
  }

  private static boolean takes(Grammar grammar, String text) {
    Progress progress = grammar.begin();
    for (byte value : text.getBytes(StandardCharsets.UTF_8)) {
      if (!progress.allowed(1_000).get(value & 0xFF)) {
        return false;
      }
      progress.accept(value & 0xFF);
    }
    return progress.isComplete() || progress.allowed(1_000).get(END);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{'type':'object','properties':{'a':{'type':'boolean'}},'required':['a']} | 6",
        "{'const':'aaaaaaaa'} | 4",
        "{'type':'array','minItems':2,'items':{'type':'null'}} | 11",
        "{'type':'string','minLength':3} | 5",
        "{} | 1"
      })
  void countsTokensThatAreEnough(String schema, int enough) throws Exception {
    Grammar grammar = grammar(schema);

    assertThat(grammar.enoughTokens()).isEqualTo(enough);
    for (int seed = 0; seed < 50; seed++) {
      String text = write(grammar, enough, new SplittableRandom(seed));
      assertThat(JsonMapper.shared().readTree(text)).isNotNull();
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{'type':'integer','minimum':-12,'maximum':105} | -12,0,9,10,99,105,-1 | -13,106,00,-0,1.5",
        "{'type':'integer','exclusiveMinimum':7,'maximum':8} | 8 | 7,9,80",
        "{'type':'number','minimum':0,'maximum':1} | 0,1,0.5,0.001 | 1.5,-0.5,2",
        "{'type':'number','exclusiveMinimum':0,'exclusiveMaximum':1} | 0.5,0.01 | 0,1,0.0,1.5",
        "{'type':'number','maximum':-2} | -2,-2.5,-30 | -1,-1.5,2",
        "{'enum':[1,'b',null],'type':['string','null']} | \"b\",null | 1,\"c\"",
        "{'anyOf':[{'const':1},{'type':'boolean'}]} | 1,true,false | 2,null",
        "{'type':'string','minLength':1,'maxLength':2} | \"ß\",\"\\u00e4b\",\"価x\" | \"\",\"abc\",\"\\ud800\""
      })
  void takesWhatFitsAndNothingElse(String schema, String inside, String outside) throws Exception {
    Grammar grammar = grammar(schema);

    for (String text : inside.split(",")) {
      assertThat(takes(grammar, text)).as(text).isTrue();
    }
    for (String text : outside.split(",")) {
      assertThat(takes(grammar, text)).as(text).isFalse();
    }
  }

  @Test
  void membersComeInOrderAndOptionalOnesMayBeLeftOut() throws Exception {
    Grammar grammar =
        grammar(
            "{'properties':{'a':{'const':1},'b':{'const':2},'c':{'const':3}},'required':['b']}");

    for (String text : List.of("{\"b\":2}", "{\"a\": 1, \"b\": 2}", "{\"b\":2,\"c\":3}")) {
      assertThat(takes(grammar, text)).as(text).isTrue();
    }
    for (String text : List.of("{}", "{\"a\":1}", "{\"b\":2,\"a\":1}", "{\"b\":2,}")) {
      assertThat(takes(grammar, text)).as(text).isFalse();
    }
  }

  private static String with(String keyword) {
    return "{'type':'object','properties':{'a':{'type':'string','%s':1}}}".formatted(keyword);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "oneOf",
        "allOf",
        "not",
        "if",
        "multipleOf",
        "uniqueItems",
        "contains",
        "prefixItems",
        "patternProperties",
        "propertyNames",
        "minProperties",
        "maxProperties",
        "dependentRequired",
        "unevaluatedProperties",
        "$dynamicRef",
        "nullable"
      })
  void refusesWhatItCannotKeepByName(String keyword) {

    assertThatThrownBy(() -> grammar(with(keyword)))
        .isInstanceOf(SchemaException.class)
        .hasMessageContaining("'" + keyword + "'")
        .hasMessageContaining("/properties/a");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{'$ref':'#'}",
        "{'anyOf':[{'$ref':'#'},{'type':'null'}]}",
        "{'$ref':'#/$defs/none'}",
        "{'$ref':'other.json'}",
        "{'$ref':'#%zz'}",
        "{'$ref':'#name'}",
        "{'minimum':1e9999}",
        "{'enum':[1e9999]}",
        "{'type':'integer','minimum':3,'maximum':2}",
        "{'enum':[]}",
        "{'type':'text'}",
        "{'type':'string','minLength':-1}",
        "{'type':'object','properties':[]}",
        "{'type':'object','required':['a'],'additionalProperties':false}",
        "{'$defs':{'n':{'properties':{'n':{'$ref':'#/$defs/n'}},'required':['n']}},'$ref':'#/$defs/n'}",
        "false",
        "3"
      })
  void refusesSchemasThatAreWrongOrThatNothingFits(String schema) {
    assertThatThrownBy(() -> grammar(schema)).isInstanceOf(SchemaException.class);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      quoteCharacter = '~',
      value = {
        "[0-9]{2,3}$ ; 12,a123,x1234 ; 1,12a",
        "^(a|bc)+[^a-z\\d]?$ ; a,bca,aA ; ,b,a1,ab",
        "^\\w+-?\\s$ ; ab-%20,x%20 ; x,-%20",
        Formats.EMAIL + " ; ann.lee@mail.example.com,a@b-c.de ; @b.de,a@b,a..b@c.de",
        "^[ä-ü€]{2}|x$ ; äöz,€€,abcx ; ä,xa"
      })
  void patternsFindWhatTheyShould(String pattern, String inside, String outside) throws Exception {
    String quoted = JsonMapper.shared().writeValueAsString(pattern);
    Grammar grammar =
        Grammar.of(new Rule.Json(json("{'pattern':%s}".formatted(quoted))), VOCABULARY);

    for (String text : inside.split(",")) {
      assertThat(takes(grammar, '"' + text.replace("%20", " ") + '"')).as(text).isTrue();
    }
    for (String text : outside.split(",")) {
      assertThat(takes(grammar, '"' + text.replace("%20", " ") + '"')).as(text).isFalse();
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "^(?=a)",
        "(a)\\\\1",
        "a\\\\b",
        "a^b",
        "(",
        "[a",
        "a{3,1}",
        "a{2000}",
        "*",
        "(a$)b",
        "\\\\p{L}",
        "[a&&b]",
        "\\\\"
      })
  void refusesPatternsThatItCannotKeep(String pattern) {
    assertThatThrownBy(() -> grammar("{'type':'string','pattern':'" + pattern + "'}"))
        .isInstanceOf(SchemaException.class)
        .hasMessageContaining("pattern");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"date", "time", "date-time", "duration", "hostname", "ipv4", "ipv6", "uuid"})
  void formatsAreWhatTheValidatorKnows(String format) throws Exception {
    String schema = "{\"type\":\"string\",\"format\":\"%s\"}".formatted(format);
    Grammar grammar = grammar(schema);
    var validator = SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12);

    for (int seed = 0; seed < 50; seed++) {
      String text = write(grammar, 300, new SplittableRandom(seed));
      var errors =
          validator
              .getSchema(schema)
              .validate(
                  JsonMapper.shared().readTree(text),
                  (ExecutionContext it) ->
                      it.executionConfig(config -> config.formatAssertionsEnabled(true)));
      assertThat(errors).as(text).isEmpty();
    }
  }

  @Test
  void anyTextThatDoesNotBeginWithAMark() throws Exception {
    Grammar grammar =
        Grammar.of(
            new Rule.Choice(
                List.of(
                    new Rule.Free("<call>"),
                    new Rule.Sequence(List.of(new Rule.Fixed("<call>"), new Rule.AnyObject())))),
            VOCABULARY);

    for (String text : List.of("", "hello\nü", "<cal", "<calm>", "<call>{\"a\": 1}")) {
      assertThat(takes(grammar, text)).as(text).isTrue();
    }
    for (String text : List.of("<call>", "<call>hello", "<call>{} x")) {
      assertThat(takes(grammar, text)).as(text).isFalse();
    }
    assertThat(takes(grammar, "ü".repeat(3))).isTrue();
  }

  @Test
  void refusesWhatTheVocabularyCannotSpell() {
    var letters = new Vocabulary(BYTES, 'z', Set.of());

    assertThatThrownBy(() -> Grammar.of(new Rule.AnyObject(), letters))
        .isInstanceOf(SchemaException.class)
        .hasMessageContaining("no token");
  }

  @Test
  void longTextsKeepTheMemorySmall() throws Exception {
    String schema =
        "{'$defs':{'n':{'type':'array','items':{'$ref':'#/$defs/n'}}},'$ref':'#/$defs/n'}";
    Grammar grammar = grammar(schema);

    for (int seed = 0; seed < 4; seed++) {
      String text = write(grammar, 3_000, new SplittableRandom(seed));
      assertThat(text.chars().filter(it -> it == '[').count())
          .isEqualTo(text.chars().filter(it -> it == ']').count());
      assertThat(grammar.forms()).isLessThan(80_000);
    }
  }
}
