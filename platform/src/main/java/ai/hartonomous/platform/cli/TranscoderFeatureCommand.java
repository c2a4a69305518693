package ai.hartonomous.platform.cli;

import ai.hartonomous.interpret.feature.FeatureFile;
import ai.hartonomous.interpret.feature.FeatureJson;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// `hartonomous transcoder feature`: one feature of a file of features.
@Command(
    name = "feature",
    description = "Prints one feature as JSON: examples, promoted tokens, label and score.",
    mixinStandardHelpOptions = true)
final class TranscoderFeatureCommand implements Callable<Integer> {

  @Mixin private ModelSource source;

  @Option(
      names = "--file",
      required = true,
      paramLabel = "FILE",
      description = "Written by transcoder features for this model.")
  private Path file = Path.of("");

  @Option(names = "--number", required = true, paramLabel = "N", description = "The feature.")
  private int number;

  @Override
  public Integer call() throws IOException {
    try (FeatureFile open = FeatureFile.open(file)) {
      if (number < 0 || number >= open.size()) {
        throw source.wrongUse("--number: %s has %d features".formatted(file, open.size()));
      }
      String name = String.valueOf(file.getFileName()).replace(".features", "");
      var texts = TranscoderFeaturesCommand.texts(source.tokenizer());
      source.print(FeatureJson.of(open.feature(number), name, texts));
    }
    return 0;
  }
}
