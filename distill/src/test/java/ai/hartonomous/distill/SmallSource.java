package ai.hartonomous.distill;

import ai.hartonomous.distill.capability.CapabilityItem;
import ai.hartonomous.distill.capability.CapabilityItem.Split;
import ai.hartonomous.distill.capability.CapabilitySuite;
import ai.hartonomous.distill.capability.Metric;
import ai.hartonomous.distill.capability.Task;
import ai.hartonomous.distill.importance.Example;
import ai.hartonomous.distill.importance.ExampleBatch;
import ai.hartonomous.model.checkpoint.Dtype;
import ai.hartonomous.model.checkpoint.HuggingFaceWriter;
import ai.hartonomous.model.transformer.AdamW;
import ai.hartonomous.model.transformer.Hooks;
import ai.hartonomous.model.transformer.InitialWeights;
import ai.hartonomous.model.transformer.InitialWeights.Parts;
import ai.hartonomous.model.transformer.Model;
import ai.hartonomous.model.transformer.ModelConfig;
import ai.hartonomous.model.transformer.ModelConfig.Block;
import ai.hartonomous.model.transformer.ModelConfig.Extents;
import ai.hartonomous.model.transformer.ModelConfig.LayerConfig;
import ai.hartonomous.model.transformer.ModelConfig.NormConfig;
import ai.hartonomous.model.transformer.ModelConfig.Positions;
import ai.hartonomous.model.transformer.Trace;
import ai.hartonomous.model.transformer.Transformer;
import ai.hartonomous.model.transformer.Weights;
import ai.hartonomous.tensor.Activation;
import ai.hartonomous.tensor.Kernels;
import ai.hartonomous.tensor.Matrix;
import ai.hartonomous.tensor.Norm;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/// A model with two skills, trained in a second or two: it repeats the first or the last of three
/// letters.
/// - `first`: `F a b c =>` is answered with `a`
/// - `last`: `L a b c =>` is answered with `c`
final class SmallSource {
  private static final int LETTERS = 12;
  private static final int FIRST = 14;
  private static final int LAST = 15;
  private static final int ARROW = 16;
  private static final int END = 17;
  private static final int STEPS = 700;

  private final Kernels kernels;

  SmallSource(Kernels kernels) {
    this.kernels = kernels;
  }

  /// Writes model, tokenizer, and the suites `first.jsonl` and `last.jsonl` beside it, and
  /// `measured.jsonl` with the first skill as choices, pairs and texts.
  ///
  /// @return the model's folder
  Path write(Path parent) throws IOException {
    Path tokenizer = Files.createDirectories(parent.resolve("tokenizer"));
    Files.writeString(tokenizer.resolve("tokenizer.json"), tokenizerText());
    Files.writeString(
        tokenizer.resolve("tokenizer_config.json"),
        "{\"eos_token\": \"</s>\", \"tokenizer_class\": \"PreTrainedTokenizerFast\"}");
    Path folder = parent.resolve("small");
    HuggingFaceWriter.write(trained(), folder, Dtype.BF16, tokenizer);
    Files.writeString(folder.resolve("README.md"), "---\nlicense: mit\n---\n\nTest model.\n");
    suite("first", "F").write(parent.resolve("first.jsonl"));
    suite("last", "L").write(parent.resolve("last.jsonl"));
    measured().write(parent.resolve("measured.jsonl"));
    return folder;
  }

  private static String tokenizerText() {
    var words = new StringBuilder();
    for (int id = 0; id <= END; id++) {
      words.append(id == 0 ? "" : ",").append('"').append(word(id)).append("\":").append(id);
    }
    return """
        {"version": "1.0", "truncation": null, "padding": null,
         "added_tokens": [{"id": 17, "content": "</s>", "single_word": false, "lstrip": false,
           "rstrip": false, "normalized": false, "special": true}],
         "normalizer": null, "pre_tokenizer": {"type": "WhitespaceSplit"}, "post_processor": null,
         "decoder": null, "model": {"type": "WordLevel", "vocab": {%s}, "unk_token": "<unk>"}}
        """
        .formatted(words);
  }

  private static String word(int id) {
    return switch (id) {
      case 12 -> "<unk>";
      case 13 -> "<pad>";
      case FIRST -> "F";
      case LAST -> "L";
      case ARROW -> "=>";
      case END -> "</s>";
      default -> Character.toString('a' + id);
    };
  }

  private static CapabilitySuite suite(String name, String mark) {
    List<CapabilityItem> items = new ArrayList<>();
    var random = new SplittableRandom(mark.charAt(0));
    for (int i = 0; i < 160; i++) {
      int[] letters = random.ints(3, 0, LETTERS).toArray();
      String prompt = mark;
      for (int letter : letters) {
        prompt += " " + word(letter);
      }
      String answer = word(name.equals("first") ? letters[0] : letters[2]);
      String id = "%s-%03d".formatted(name, i);
      items.add(new CapabilityItem(id, name, prompt + " =>", answer, Split.of(id)));
    }
    return new CapabilitySuite(items);
  }

  private static CapabilitySuite measured() {
    List<CapabilityItem> items = new ArrayList<>();
    var random = new SplittableRandom(17);
    for (int i = 0; i < 40; i++) {
      int[] letters = random.ints(3, 0, LETTERS).toArray();
      String prompt = "F " + word(letters[0]) + " " + word(letters[1]) + " " + word(letters[2]);
      String right = " " + word(letters[0]);
      String wrong = " " + word((letters[0] + 1 + random.nextInt(LETTERS - 1)) % LETTERS);
      List<Task> tasks =
          List.of(
              new Task.Choice(prompt + " =>", List.of(wrong, right), 1, Metric.ACC),
              new Task.Contrast(
                  prompt + " =>", List.of(right), List.of(wrong), Metric.LOGPROB_DIFFERENCE),
              new Task.Text(prompt + " =>" + right, Metric.BITS_PER_BYTE));
      Split split = i % 2 == 0 ? Split.CALIBRATION : Split.HELD_OUT;
      for (Task task : tasks) {
        items.add(new CapabilityItem(task.kind() + i, task.kind(), task, split));
      }
    }
    return new CapabilitySuite(items);
  }

  private Model trained() {
    Model model = InitialWeights.of(config(), Parts.NONE, new SplittableRandom(3));
    // The usual weights suit models of some hundred numbers' width; narrow ones learn faster like
    // this.
    for (Weights.Parameter parameter : model.weights().parameters()) {
      for (int i = 0; i < parameter.data().length && parameter.rows() > 1; i++) {
        parameter.data()[i] *= 6;
      }
    }
    Weights gradients = model.weights().zeros();
    var optimizer = new AdamW(model.weights(), gradients, AdamW.Settings.USUAL);
    var transformer = new Transformer(model, kernels);
    Trace trace = transformer.trace(Trace.Keep.TRAINING);
    var random = new SplittableRandom(4);
    for (int step = 0; step < STEPS; step++) {
      ExampleBatch batch = batch(random);
      Matrix logits = transformer.forward(batch.tokens(), trace, Hooks.NONE);
      kernels.crossEntropyBackward(logits, batch.targets(), 1f / 128, logits);
      optimizer.clearGradients();
      transformer.backward(trace, logits, gradients, Hooks.NONE);
      optimizer.step(
          kernels, 5e-3f * Math.min(1, (step + 1) / 50f) * (1 - step / (float) STEPS), 1f);
    }
    return model;
  }

  private static ExampleBatch batch(SplittableRandom random) {
    List<Example> examples = new ArrayList<>();
    int[] all = new int[64];
    for (int i = 0; i < all.length; i++) {
      int[] letters = random.ints(3, 0, LETTERS).toArray();
      boolean first = random.nextBoolean();
      int answer = first ? letters[0] : letters[2];
      int[] prompt = {first ? FIRST : LAST, letters[0], letters[1], letters[2], ARROW};
      examples.add(Example.of(prompt, new int[] {answer, END}));
      all[i] = i;
    }
    return ExampleBatch.of(examples, all);
  }

  private static ModelConfig config() {
    int headWidth = 8;
    double[] frequencies = {1, 0.1, 0.01, 0.001};
    LayerConfig layer = LayerConfig.grouped(4, 2, 48);
    return new ModelConfig(
        "llama",
        new Extents(32, headWidth, END + 1, END + 1, 16),
        new Positions.Rotated(headWidth, frequencies, 10_000, null),
        new NormConfig(Norm.Kind.RMS, 1e-5f),
        new Block(false, Activation.SILU, true, true, 0, (float) (1 / Math.sqrt(headWidth))),
        true,
        List.of(layer, layer));
  }
}
