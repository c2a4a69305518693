package ai.hartonomous.platform.cli;

import ai.hartonomous.platform.cli.Input.Place;
import ai.hartonomous.platform.cli.Verb.Answer;
import java.io.IOException;
import java.io.PrintWriter;
import java.math.BigDecimal;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.StringJoiner;
import java.util.concurrent.Callable;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import picocli.CommandLine.TypeConversionException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// Any verb that is one request: its options are those of the [Verb], it sends the request and
/// prints the answer.
@Command
final class RouteCommand implements Callable<Integer> {

  private final Verb verb;
  private final Map<Input, ArgSpec> told = new LinkedHashMap<>();

  @Spec private CommandSpec spec;

  @Mixin private AdminOptions server = new AdminOptions();

  @Option(
      names = "--json",
      description = "Prints what the server answers as JSON; of a list one object on each line.")
  private boolean asJson;

  private RouteCommand(Verb verb) {
    this.verb = verb;
  }

  /// {@return the command of a verb}
  static CommandSpec spec(Verb verb) {
    var command = new RouteCommand(verb);
    CommandSpec spec = CommandSpec.forAnnotatedObject(command);
    spec.usageMessage()
        .description(verb.summary())
        .footer("", "Example:", "  ./hartonomous " + verb.words() + " " + verb.example());
    spec.addOption(
        OptionSpec.builder("-h", "--help") // the usual options would take --version too
            .usageHelp(true)
            .description("Show this help message and exit.")
            .build());
    int places = 0;
    for (Input input : verb.inputs()) {
      if (input.place() == Place.FIXED) {
        continue;
      }
      if (input.place() == Place.PATH || input.place() == Place.WORD) {
        PositionalParamSpec word = word(input, places++);
        command.told.put(input, word);
        spec.addPositional(word);
      } else {
        OptionSpec option = option(input);
        command.told.put(input, option);
        spec.addOption(option);
      }
    }
    return spec;
  }

  private static PositionalParamSpec word(Input input, int place) {
    return PositionalParamSpec.builder()
        .index(String.valueOf(place))
        .paramLabel(label(input))
        .type(input.type())
        .required(true)
        .description(input.summary())
        .build();
  }

  private static OptionSpec option(Input input) {
    List<String> choices = input.choices();
    String among = choices.isEmpty() ? "" : " One of " + String.join(", ", choices) + ".";
    String usual = input.usual();
    var option =
        OptionSpec.builder("--" + input.name())
            .paramLabel(label(input))
            .type(input.type())
            .required(input.required())
            .description(
                input.summary() + among + (usual == null ? "" : " (default: " + usual + ")"));
    if (usual != null) {
      option.defaultValue(usual);
    }
    if (input.type() == List.class) {
      option.auxiliaryTypes(String.class).splitRegex(",");
    }
    if (!choices.isEmpty()) {
      option.converters(text -> chosen(choices, text));
    }
    return option.build();
  }

  private static String chosen(List<String> choices, String text) {
    if (!choices.contains(text)) {
      throw new TypeConversionException(text + " is none of " + String.join(", ", choices));
    }
    return text;
  }

  private static String label(Input input) {
    return input.name().toUpperCase(Locale.ROOT);
  }

  @Override
  public Integer call() throws IOException, InterruptedException {
    String path = verb.path();
    var parameters = new StringJoiner("&", "?", "").setEmptyValue("");
    ObjectNode body = JsonMapper.shared().createObjectNode();
    for (Input input : verb.inputs()) {
      Object value = value(input);
      if (value == null) {
        continue;
      }
      switch (input.place()) {
        case PATH -> path = path.replace("{" + input.name() + "}", encode(value));
        case QUERY -> parameters.add(input.field() + "=" + encode(value));
        case BODY, WORD, FIXED -> put(body, input.field(), value);
        case OTHER_USER -> {
          path = path.replaceFirst("^/v1/", "/v1/admin/");
          parameters.add("user=" + encode(value));
        }
      }
    }
    send(path + parameters, body);
    return 0;
  }

  private @Nullable Object value(Input input) {
    ArgSpec argument = told.get(input);
    return argument == null ? Boolean.valueOf(input.usual()) : argument.<Object>getValue();
  }

  private static void put(ObjectNode body, String name, Object value) {
    switch (value) {
      case BigDecimal number -> body.put(name, number);
      case Integer number -> body.put(name, number);
      case Boolean truth -> body.put(name, truth);
      case List<?> texts -> {
        var array = body.putArray(name);
        texts.forEach(text -> array.add(text.toString()));
      }
      default -> body.put(name, value.toString());
    }
  }

  private void send(String path, ObjectNode body) throws IOException, InterruptedException {
    PrintWriter out = spec.commandLine().getOut();
    switch (verb.method()) {
      case LIST -> print(out, server.all(path));
      case GET -> print(out, server.get(path));
      case POST -> print(out, server.post(path, body));
      case PUT -> print(out, server.put(path, body));
      case DELETE -> print(out, server.remove(path));
    }
  }

  private void print(PrintWriter out, List<JsonNode> things) {
    Function<JsonNode, String> line = verb.answer().line();
    if (asJson) {
      things.forEach(out::println);
    } else if (line != null) {
      things.forEach(thing -> out.println(line.apply(thing)));
    } else {
      Table.print(out, verb.answer().columns(), things);
    }
  }

  private void print(PrintWriter out, JsonNode thing) {
    Answer answer = verb.answer();
    if (answer.fields().isEmpty() && thing.path(answer.list()).isArray()) { // a list without pages
      print(out, List.copyOf(thing.get(answer.list()).values()));
    } else if (thing.isNull()) {
      out.println(asJson ? "{}" : answer.done());
    } else if (asJson || answer.line() != null) {
      print(out, List.of(thing));
    } else {
      Table.printFields(out, answer.fields(), thing);
      if (thing.has(answer.list())) {
        Table.print(out, answer.columns(), thing.get(answer.list()));
      }
    }
  }

  private static String encode(Object value) {
    return URLEncoder.encode(value.toString(), StandardCharsets.UTF_8).replace("+", "%20");
  }
}
