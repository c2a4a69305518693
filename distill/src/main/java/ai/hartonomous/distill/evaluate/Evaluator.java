package ai.hartonomous.distill.evaluate;

import ai.hartonomous.distill.capability.CapabilityItem;
import ai.hartonomous.distill.capability.CapabilityItem.Split;
import ai.hartonomous.distill.capability.CapabilitySuite;
import ai.hartonomous.distill.capability.Measurement;
import ai.hartonomous.distill.capability.Scorer;
import ai.hartonomous.distill.capability.Scoring;
import ai.hartonomous.model.tokenizer.Tokenizer;
import ai.hartonomous.model.transformer.Model;
import ai.hartonomous.model.transformer.ModelConfig;
import ai.hartonomous.model.transformer.ModelConfig.LayerConfig;
import ai.hartonomous.model.transformer.Transformer;
import ai.hartonomous.tensor.Kernels;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// Measures source and agent side by side on held-out items.
public final class Evaluator {
  private final Kernels kernels;
  private final Tokenizer tokenizer;
  private final Tokenizer agentTokenizer;
  private final Written source;
  private final Written agent;

  /// A model as it was read from files.
  ///
  /// @param model the model
  /// @param bytes bytes of the files
  public record Written(Model model, long bytes) {}

  /// Compares two models that share a tokenizer.
  ///
  /// @param kernels computes both
  /// @param tokenizer of both
  /// @param source the model that was distilled
  /// @param agent what came of it
  public Evaluator(Kernels kernels, Tokenizer tokenizer, Written source, Written agent) {
    this(kernels, tokenizer, source, agent, tokenizer);
  }

  /// Compares two models of which the second may have fewer tokens.
  ///
  /// @param kernels computes both
  /// @param tokenizer of the source
  /// @param source the model that was distilled
  /// @param agent what came of it
  /// @param agentTokenizer of the agent
  public Evaluator(
      Kernels kernels,
      Tokenizer tokenizer,
      Written source,
      Written agent,
      Tokenizer agentTokenizer) {
    this.kernels = kernels;
    this.tokenizer = tokenizer;
    this.agentTokenizer = agentTokenizer;
    this.source = source;
    this.agent = agent;
  }

  /// {@return how both answer the held-out items of a suite, one entry for each capability}
  ///
  /// @param suite the suite
  /// @param kind whether the agent was asked to keep it
  /// @throws IOException if an item is longer than the context
  public List<Retention> retention(CapabilitySuite suite, Retention.Kind kind) throws IOException {
    return retention(suite, kind, Map.of());
  }

  /// {@return how both answer the held-out items of a suite, one entry for each capability}
  ///
  /// @param suite the suite
  /// @param kind whether the agent was asked to keep it
  /// @param floors the ratio that was asked for, by capability; nothing where it is missing
  /// @throws IOException if an item is longer than the context
  public List<Retention> retention(
      CapabilitySuite suite, Retention.Kind kind, Map<String, Double> floors) throws IOException {
    List<CapabilityItem> items = suite.items(Split.HELD_OUT);
    List<Measurement> ofSource =
        new Scorer(new Transformer(source.model(), kernels), tokenizer)
            .measure(items, Scoring.USUAL);
    List<Measurement> ofAgent =
        new Scorer(new Transformer(agent.model(), kernels), agentTokenizer)
            .measure(items, Scoring.USUAL);
    List<Retention> all = new ArrayList<>();
    for (int i = 0; i < ofSource.size(); i++) {
      double floor = floors.getOrDefault(ofSource.get(i).capability(), 0.0);
      all.add(Retention.of(kind, floor, ofSource.get(i), ofAgent.get(i)));
    }
    return all;
  }

  /// {@return the costs of source and agent, in this order}
  ///
  /// @param prompt tokens of the source to continue when speed is measured, at least one
  /// @throws InterruptedException if the thread was interrupted
  public List<ModelSize> sizes(int[] prompt) throws InterruptedException {
    List<Transformer> models =
        List.of(new Transformer(source.model(), kernels), new Transformer(agent.model(), kernels));
    List<int[]> prompts = List.of(prompt, ofAgent(prompt));
    double[] speeds = DecodeSpeed.measure(models, prompts);
    PromptLatency.Measured latency = PromptLatency.measure(models, prompts);
    return List.of(size(source, speeds[0], latency, 0), size(agent, speeds[1], latency, 1));
  }

  /// {@return the tokens of the agent for what tokens of the source say}
  private int[] ofAgent(int[] prompt) {
    boolean same = tokenizer.contentHash().equals(agentTokenizer.contentHash());
    if (same) {
      return prompt;
    }
    int[] ids = agentTokenizer.encodePrompt(tokenizer.decode(prompt));
    // A begin token alone says nothing.
    int first = agentTokenizer.beginId().orElse(agentTokenizer.endId().orElse(0));
    return ids.length > 0 ? ids : new int[] {first};
  }

  private static ModelSize size(
      Written written, double tokensPerSecond, PromptLatency.Measured latency, int place) {
    ModelConfig config = written.model().config();
    long parameters = written.model().weights().parameterCount();
    long cached = 0;
    for (LayerConfig layer : config.layers()) {
      cached += 2L * layer.keyHeads() * config.extents().headWidth();
    }
    return new ModelSize(
        parameters,
        config.layers().stream().mapToInt(LayerConfig::heads).sum(),
        config.layers().stream().mapToInt(LayerConfig::neurons).sum(),
        written.bytes(),
        4 * (parameters + cached * config.extents().positions()),
        new ModelSize.Speed(tokensPerSecond, latency.tokens(), latency.millis()[place]));
  }
}
