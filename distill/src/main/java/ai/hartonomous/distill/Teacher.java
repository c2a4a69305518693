package ai.hartonomous.distill;

import ai.hartonomous.interpret.attribute.CoderHash;
import ai.hartonomous.interpret.interchange.Coders;
import ai.hartonomous.interpret.transcoder.SparseCoder;
import ai.hartonomous.model.transformer.HookPoint.Site;
import ai.hartonomous.model.transformer.ModelConfig;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/// What a cut model learns from.
///
/// @param model the model that answers, mostly the source
/// @param coders sparse coders of its MLP inputs; empty unless the recipe has a feature term
/// @param isSource whether the model is the source
record Teacher(SourceModel model, List<SparseCoder> coders, boolean isSource) {

  /// Reads the teacher.
  ///
  /// @throws InvalidRequestException if it reads or writes other tokens than the source, or shorter
  ///   texts; or has not the inner values that the recipe compares
  /// @throws IOException if a file is damaged or cannot be read
  static Teacher read(Teaching teaching, SourceModel source, Recipe recipe) throws IOException {
    Path folder = teaching.teacher();
    SourceModel model = folder == null ? source : SourceModel.read(folder);
    requireSameTokens(source, model);
    boolean hidden =
        Stream.of(recipe.step(), recipe.polish())
            .anyMatch(p -> p.objective().hidden().weight() > 0);
    if (hidden && !haveSameStream(source.model().config(), model.model().config())) {
      throw new InvalidRequestException(
          "the residual streams of source and teacher cannot be compared: they differ in width or"
              + " number of layers");
    }
    return new Teacher(model, coders(teaching, source, recipe), folder == null);
  }

  private static void requireSameTokens(SourceModel source, SourceModel teacher)
      throws InvalidRequestException {
    String here = source.tokenizer().contentHash();
    String there = teacher.tokenizer().contentHash();
    int wanted = source.model().config().extents().outputs();
    int found = teacher.model().config().extents().outputs();
    if (!here.equals(there) || wanted != found || teacher.context() < source.context()) {
      throw new InvalidRequestException(
          ("the teacher must read and write as the source does: tokenizer %s with %d outputs and %d"
                  + " positions; found tokenizer %s with %d outputs and %d positions")
              .formatted(here, wanted, source.context(), there, found, teacher.context()));
    }
  }

  private static boolean haveSameStream(ModelConfig one, ModelConfig other) {
    return one.width() == other.width() && one.layers().size() == other.layers().size();
  }

  private static List<SparseCoder> coders(Teaching teaching, SourceModel source, Recipe recipe)
      throws IOException {
    boolean wanted =
        Stream.of(recipe.step(), recipe.polish()).anyMatch(p -> p.objective().featureWeight() > 0);
    Path folder = teaching.coders();
    if (!wanted) {
      return List.of();
    }
    if (folder == null) {
      throw new InvalidRequestException("a feature term needs a folder of sparse coders");
    }
    ModelConfig config = source.model().config();
    List<SparseCoder> coders =
        Coders.read(folder).stream().filter(c -> c.reads().site() == Site.MLP_INPUT).toList();
    if (coders.isEmpty()) {
      throw new InvalidRequestException("no coders of MLP inputs in " + folder);
    }
    for (SparseCoder coder : coders) {
      if (coder.weights().inputWidth() != config.width()
          || coder.reads().layer() >= config.layers().size()) {
        throw new InvalidRequestException(
            "the coder of %s with %d inputs does not fit %d layers of width %d"
                .formatted(
                    coder.reads().path(),
                    coder.weights().inputWidth(),
                    config.layers().size(),
                    config.width()));
      }
    }
    return coders;
  }

  /// {@return model and coders by their hashes; empty for the source alone}
  @Override
  public String toString() {
    String other = isSource ? "" : "teacher " + model.contentHash();
    String features = coders.isEmpty() ? "" : "coders " + CoderHash.of(coders);
    return String.join(" ", Stream.of(other, features).filter(s -> !s.isEmpty()).toList());
  }
}
