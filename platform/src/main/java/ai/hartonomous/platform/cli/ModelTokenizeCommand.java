package ai.hartonomous.platform.cli;

import ai.hartonomous.model.tokenizer.Tokenizer;
import java.io.IOException;
import java.util.Arrays;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// `hartonomous model tokenize`: the token ids of a text.
@Command(
    name = "tokenize",
    description = "Prints the token ids of a text, without a begin token.",
    mixinStandardHelpOptions = true)
final class ModelTokenizeCommand implements Callable<Integer> {

  @Mixin private ModelSource source;

  @Option(names = "--text", required = true, paramLabel = "TEXT", description = "The text.")
  private String text = "";

  @Override
  public Integer call() throws IOException {
    Tokenizer tokenizer = source.tokenizer();
    int[] ids;
    try {
      ids = tokenizer.encode(text);
    } catch (IllegalArgumentException e) {
      throw source.wrongUse("--text: " + e.getMessage());
    }
    if (source.asJson()) {
      source.print(json(tokenizer, ids));
    } else {
      source.print(Arrays.stream(ids).mapToObj(String::valueOf).collect(Collectors.joining(" ")));
    }
    return 0;
  }

  private static ObjectNode json(Tokenizer tokenizer, int[] ids) {
    ObjectNode json = ModelSource.mapper().createObjectNode();
    ArrayNode list = json.putArray("ids");
    ArrayNode tokens = json.putArray("tokens");
    for (int id : ids) {
      list.add(id);
      tokens.add(tokenizer.token(id));
    }
    if (tokenizer.beginId().isPresent()) {
      json.put("begin_id", tokenizer.beginId().getAsInt());
    }
    json.put("prompts_begin_with_it", tokenizer.addsBegin());
    return json;
  }
}
