package ai.hartonomous.distill.pack;

import ai.hartonomous.distill.capability.CapabilityItem;
import ai.hartonomous.distill.capability.CapabilityItem.Split;
import ai.hartonomous.distill.capability.CapabilitySuite;
import ai.hartonomous.distill.capability.Score;
import ai.hartonomous.distill.evaluate.Evidence;
import ai.hartonomous.distill.evaluate.EvidenceItems;
import ai.hartonomous.distill.evaluate.EvidenceMeter;
import ai.hartonomous.distill.prune.Keep;
import ai.hartonomous.model.checkpoint.Checkpoint;
import ai.hartonomous.model.checkpoint.Checkpoints;
import ai.hartonomous.model.tokenizer.Tokenizer;
import ai.hartonomous.model.tokenizer.Tokenizers;
import ai.hartonomous.model.transformer.Model;
import ai.hartonomous.tensor.Kernels;
import java.io.IOException;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.DoubleConsumer;

/// What is measured about an agent once it is written, besides the report: evidence for each of its
/// parts, and how well its GGUF files answer.
///
/// @param source the model it was cut from
/// @param evidence effects of its parts and of what was removed
/// @param formats scores of the target suite's held-out items by place of the GGUF file, read with
///   the tokenizer inside it where there is one
public record Proof(Model source, Evidence evidence, SortedMap<String, List<Score>> formats) {

  /// What to measure.
  ///
  /// @param source the model the agent was cut from
  /// @param tokenizer of the source
  /// @param target suite that the agent was asked to keep
  /// @param keep what the agent has of the source
  /// @param seed decides which held-out items evidence is measured on
  public record Subject(
      Model source, Tokenizer tokenizer, CapabilitySuite target, Keep keep, long seed) {}

  /// Measures the agent in a folder: two passes over at most 128 items for each component.
  ///
  /// @param kernels computes everything
  /// @param folder the agent, written
  /// @param subject what to measure
  /// @param progress told the share that is done, from 0 to 1
  /// @return the proof
  /// @throws IOException if the folder cannot be read
  /// @throws InterruptedException if the thread was interrupted
  public static Proof measure(
      Kernels kernels, AgentFolder folder, Subject subject, DoubleConsumer progress)
      throws IOException, InterruptedException {
    List<CapabilityItem> items = subject.target.items(Split.HELD_OUT);
    Tokenizer tokenizer = Tokenizers.open(folder.folder());
    SortedMap<String, List<Score>> formats = new TreeMap<>();
    for (Packed packed : folder.packed()) {
      if (packed.path().endsWith(".gguf")) {
        try (Checkpoint checkpoint = Checkpoints.open(folder.folder().resolve(packed.path()))) {
          formats.put(
              packed.path(), FigureChecks.scores(kernels, checkpoint, tokenizer, subject.target));
        }
      }
    }
    int components = subject.keep.components();
    Model agent = folder.readBack().model();
    int context = agent.config().extents().positions();
    var ofAgent = new EvidenceItems.Reader(tokenizer, context);
    var asked = EvidenceItems.choose(items, components, ofAgent, subject.seed);
    var reader = new EvidenceItems.Reader(subject.tokenizer, context);
    var ofSource = EvidenceItems.choose(items, components, reader, subject.seed);
    var meter = new EvidenceMeter(kernels, agent, subject.keep, asked, subject.seed);
    Evidence evidence =
        new Evidence(
            meter.settings(),
            meter.removed(subject.source, ofSource.examples()),
            meter.parts(_ -> true, progress));
    return new Proof(subject.source, evidence, formats);
  }
}
