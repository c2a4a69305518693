package ai.hartonomous.samples.vocabulary;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// Writes a vocabulary as `tokenizer.json` and `tokenizer_config.json`.
public final class TokenizerFiles {
  private static final JsonMapper JSON = JsonMapper.builder().build();

  private TokenizerFiles() {}

  /// Writes both files.
  ///
  /// @param vocabulary what to write
  /// @param context longest text in tokens, for the configuration
  /// @param promptSuffix what the chat template puts behind the last message
  /// @param folder where to; exists
  /// @throws IOException if the folder cannot be written
  public static void write(
      BytePairVocabulary vocabulary, int context, String promptSuffix, Path folder)
      throws IOException {
    write(tokenizer(vocabulary), folder.resolve("tokenizer.json"));
    write(configuration(context, promptSuffix), folder.resolve("tokenizer_config.json"));
  }

  private static void write(ObjectNode json, Path file) throws IOException {
    Files.writeString(file, json.toPrettyString() + "\n");
  }

  private static ObjectNode tokenizer(BytePairVocabulary vocabulary) {
    ObjectNode root = JSON.createObjectNode();
    root.put("version", "1.0");
    root.putNull("truncation");
    root.putNull("padding");
    ObjectNode end = root.putArray("added_tokens").addObject();
    end.put("id", 0).put("content", BytePairVocabulary.END).put("single_word", false);
    end.put("lstrip", false).put("rstrip", false).put("normalized", false).put("special", true);
    root.putNull("normalizer");
    ObjectNode cut = root.putObject("pre_tokenizer");
    ArrayNode steps = cut.put("type", "Sequence").putArray("pretokenizers");
    steps.addObject().put("type", "Digits").put("individual_digits", true);
    byteLevel(steps.addObject());
    root.putNull("post_processor");
    byteLevel(root.putObject("decoder"));
    model(vocabulary, root.putObject("model"));
    return root;
  }

  private static void byteLevel(ObjectNode node) {
    node.put("type", "ByteLevel").put("add_prefix_space", false);
    node.put("trim_offsets", true).put("use_regex", true);
  }

  private static void model(BytePairVocabulary vocabulary, ObjectNode model) {
    model.put("type", "BPE");
    model.putNull("dropout");
    model.putNull("unk_token");
    model.putNull("continuing_subword_prefix");
    model.putNull("end_of_word_suffix");
    model.put("fuse_unk", false).put("byte_fallback", false).put("ignore_merges", false);
    ObjectNode ids = model.putObject("vocab");
    for (int id = 0; id < vocabulary.tokens().size(); id++) {
      ids.put(vocabulary.tokens().get(id), id);
    }
    ArrayNode merges = model.putArray("merges");
    for (BytePairVocabulary.Pair pair : vocabulary.merges()) {
      merges.add(pair.left() + " " + pair.right());
    }
  }

  private static ObjectNode configuration(int context, String promptSuffix) {
    ObjectNode root = JSON.createObjectNode();
    root.put("tokenizer_class", "PreTrainedTokenizerFast");
    root.put("bos_token", BytePairVocabulary.END).put("eos_token", BytePairVocabulary.END);
    root.put("add_bos_token", false).put("add_eos_token", false);
    root.put("add_prefix_space", false).put("clean_up_tokenization_spaces", false);
    root.put("model_max_length", context);
    root.put("chat_template", "{{ messages[-1]['content'] }}" + promptSuffix);
    return root;
  }
}
