package ai.hartonomous.distill;

import ai.hartonomous.distill.DistillRequest.Suites;
import ai.hartonomous.distill.capability.CapabilityItem;
import ai.hartonomous.distill.capability.CapabilityItem.Split;
import ai.hartonomous.distill.capability.CapabilitySuite;
import ai.hartonomous.distill.capability.SuiteException;
import ai.hartonomous.distill.evaluate.Retention.Kind;
import ai.hartonomous.distill.pack.Manifest;
import ai.hartonomous.model.tokenizer.Tokenizer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.stream.IntStream;

/// The suites of a request.
///
/// @param target what the agent must keep
/// @param others measured besides
/// @param used all of them, the target first
record Questions(CapabilitySuite target, List<CapabilitySuite> others, List<Manifest.Suite> used) {

  /// Reads the suites' files.
  ///
  /// @throws InvalidRequestException if one is missing, damaged or cannot be asked
  static Questions read(Suites files, SourceModel source) throws IOException {
    CapabilitySuite target = suite(files.target());
    List<Manifest.Suite> used = new ArrayList<>();
    used.add(new Manifest.Suite(Kind.TARGET, target));
    List<CapabilitySuite> others = new ArrayList<>();
    for (Path file : files.others()) {
      CapabilitySuite other = suite(file);
      SuiteExamples.check(other, source.tokenizer(), source.context());
      others.add(other);
      used.add(new Manifest.Suite(Kind.OTHER, other));
    }
    return new Questions(target, others, used);
  }

  /// {@return ids of the tokens that the calibration items of the target use}
  ///
  /// @param tokenizer of the source
  BitSet tokens(Tokenizer tokenizer) {
    BitSet used = new BitSet();
    for (CapabilityItem item : target.items(Split.CALIBRATION)) {
      IntStream.of(tokenizer.encodePrompt(item.prompt())).forEach(used::set);
      IntStream.of(tokenizer.encode(item.answer())).forEach(used::set);
    }
    tokenizer.endId().ifPresent(used::set);
    tokenizer.beginId().ifPresent(used::set);
    return used;
  }

  private static CapabilitySuite suite(Path file) throws IOException {
    if (!Files.isRegularFile(file)) {
      throw new InvalidRequestException("no suite file at " + file);
    }
    try {
      return CapabilitySuite.read(file);
    } catch (SuiteException e) {
      throw new InvalidRequestException(String.valueOf(e.getMessage()));
    }
  }
}
