package ai.hartonomous.distill.compose;

import ai.hartonomous.distill.capability.CapabilityItem;
import ai.hartonomous.distill.capability.CapabilityItem.Split;
import ai.hartonomous.distill.capability.CapabilitySuite;
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

/// A model that was trained in a second to repeat the first of its words: `mark a b =>` is answered
/// with `a`. Its vocabulary is the mark and eight words of its own, or those of both.
enum OneSkill {
  /// A Llama that knows names of letters.
  LETTERS("letters", "alpha beta gamma delta epsilon zeta eta theta"),
  /// A GPT-2 that knows animals.
  ANIMALS("animals", "dog cat cow pig hen owl bat rat");

  private static final int WORDS = 8;
  private static final int STEPS = 250;

  private final String mark;
  private final String vocabulary;

  OneSkill(String mark, String vocabulary) {
    this.mark = mark;
    this.vocabulary = vocabulary;
  }

  private List<String> words() {
    return List.of(vocabulary.split(" "));
  }

  /// Writes `name/` with model and tokenizer, and `name.jsonl`, the suite.
  Path write(Path parent, Kernels kernels) throws IOException {
    return write(parent, kernels, ownTokens());
  }

  /// As the other method, with the words and marks of both skills, so that both models have the
  /// same tokenizer.
  Path writeShared(Path parent, Kernels kernels) throws IOException {
    List<String> tokens = new ArrayList<>();
    for (OneSkill skill : values()) {
      tokens.addAll(skill.ownTokens());
    }
    return write(parent, kernels, tokens);
  }

  private List<String> ownTokens() {
    List<String> tokens = new ArrayList<>(words());
    tokens.add(mark);
    return tokens;
  }

  private Path write(Path parent, Kernels kernels, List<String> known) throws IOException {
    List<String> tokens = new ArrayList<>(known);
    tokens.addAll(List.of("=>", "<unk>", "</s>"));
    Path tokenizer = Files.createDirectories(parent.resolve(mark + "-tokenizer"));
    Files.writeString(tokenizer.resolve("tokenizer.json"), tokenizerText(tokens));
    Files.writeString(
        tokenizer.resolve("tokenizer_config.json"),
        "{\"eos_token\": \"</s>\", \"tokenizer_class\": \"PreTrainedTokenizerFast\"}");
    HuggingFaceWriter.write(trained(kernels, tokens), parent.resolve(mark), Dtype.BF16, tokenizer);
    Files.writeString(parent.resolve(mark).resolve("README.md"), "---\nlicense: mit\n---\n");
    suite().write(suite(parent));
    return parent.resolve(mark);
  }

  Path suite(Path parent) {
    return parent.resolve(mark + ".jsonl");
  }

  private static String tokenizerText(List<String> all) {
    var entries = new ArrayList<String>();
    for (int id = 0; id < all.size(); id++) {
      entries.add("\"%s\":%d".formatted(all.get(id), id));
    }
    return """
        {"version": "1.0", "truncation": null, "padding": null,
         "added_tokens": [{"id": %d, "content": "</s>", "single_word": false, "lstrip": false,
           "rstrip": false, "normalized": false, "special": true}],
         "normalizer": null, "pre_tokenizer": {"type": "WhitespaceSplit"}, "post_processor": null,
         "decoder": null, "model": {"type": "WordLevel", "vocab": {%s}, "unk_token": "<unk>"}}
        """
        .formatted(all.size() - 1, String.join(",", entries));
  }

  private CapabilitySuite suite() {
    List<CapabilityItem> items = new ArrayList<>();
    for (int i = 0; i < WORDS * WORDS; i++) {
      String first = words().get(i / WORDS);
      String prompt = "%s %s %s =>".formatted(mark, first, words().get(i % WORDS));
      String id = "%s-%02d".formatted(mark, i);
      items.add(new CapabilityItem(id, mark, prompt, first, Split.of(id)));
    }
    return new CapabilitySuite(items);
  }

  private Model trained(Kernels kernels, List<String> tokens) {
    Parts parts = this == LETTERS ? Parts.NONE : Parts.BIASES;
    Model model = InitialWeights.of(config(tokens.size()), parts, new SplittableRandom(3));
    for (Weights.Parameter parameter : model.weights().parameters()) {
      for (int i = 0; i < parameter.data().length && parameter.rows() > 1; i++) {
        parameter.data()[i] *= 6; // narrow models learn faster from larger weights
      }
    }
    Weights gradients = model.weights().zeros();
    var optimizer = new AdamW(model.weights(), gradients, AdamW.Settings.USUAL);
    var transformer = new Transformer(model, kernels);
    Trace trace = transformer.trace(Trace.Keep.TRAINING);
    var random = new SplittableRandom(4);
    for (int step = 0; step < STEPS; step++) {
      ExampleBatch batch = batch(tokens, random);
      Matrix logits = transformer.forward(batch.tokens(), trace, Hooks.NONE);
      kernels.crossEntropyBackward(logits, batch.targets(), 1f / 64, logits);
      optimizer.clearGradients();
      transformer.backward(trace, logits, gradients, Hooks.NONE);
      optimizer.step(kernels, 5e-3f * (1 - step / (float) STEPS), 1f);
    }
    return model;
  }

  private ExampleBatch batch(List<String> tokens, SplittableRandom random) {
    List<Example> examples = new ArrayList<>();
    int[] all = new int[32];
    int word = tokens.indexOf(words().getFirst());
    int end = tokens.size() - 1;
    for (int i = 0; i < all.length; i++) {
      int first = word + random.nextInt(WORDS);
      int[] prompt = {
        tokens.indexOf(mark), first, word + random.nextInt(WORDS), tokens.indexOf("=>")
      };
      examples.add(Example.of(prompt, new int[] {first, end}));
      all[i] = i;
    }
    return ExampleBatch.of(examples, all);
  }

  private ModelConfig config(int tokens) {
    int headWidth = 8;
    double[] frequencies = {1, 0.1, 0.01, 0.001};
    boolean llama = this == LETTERS;
    LayerConfig layer = LayerConfig.grouped(4, llama ? 2 : 4, llama ? 120 : 140);
    return new ModelConfig(
        llama ? "llama" : "gpt2",
        new Extents(32, headWidth, tokens, tokens, 16),
        llama
            ? new Positions.Rotated(headWidth, frequencies, 10_000, null)
            : new Positions.Learned(),
        new NormConfig(llama ? Norm.Kind.RMS : Norm.Kind.LAYER, 1e-5f),
        new Block(
            false,
            llama ? Activation.SILU : Activation.GELU_TANH,
            llama,
            true,
            0,
            (float) (1 / Math.sqrt(headWidth))),
        true,
        List.of(layer, layer));
  }
}
