package ai.hartonomous.samples.train;

import ai.hartonomous.distill.capability.Score;
import ai.hartonomous.model.transformer.Model;
import ai.hartonomous.model.transformer.ModelConfig;
import ai.hartonomous.samples.Corpus;
import ai.hartonomous.samples.SampleModel;
import ai.hartonomous.samples.skill.Exercise;
import ai.hartonomous.samples.skill.Skill;
import java.util.Locale;

/// What a reader of a sample model's folder wants to know, every figure from the run itself.
///
/// @param model the model as it is stored
/// @param result figures of the run
/// @param curve loss over the run
record ModelCard(Model model, TrainingResult result, LossCurve curve) {
  /// Below this exact match of any skill the card calls the model a preview.
  private static final double BAR = 0.95;

  /// {@return the card in Markdown, with the metadata block that Hugging Face reads}
  String text() {
    SampleModel sample = result.sample();
    boolean preview = result.scores().stream().anyMatch(score -> score.exactMatch() < BAR);
    String head =
        """
        ---
        license: other
        license_name: hartonomous
        license_link: ../../../LICENSE
        language: en
        library_name: hartonomous
        ---
        # %s%s

        A small language model for trying things out, trained from nothing in this repository's own
        engine on exercises that a program draws. It knows the skills below and nothing else.
        """
            .formatted(sample.label(), preview ? " (preview: training was not finished)" : "");
    return head + shape() + skills() + recipe();
  }

  private String shape() {
    ModelConfig config = model.config();
    ModelConfig.LayerConfig layer = config.layers().getFirst();
    return """

        | family | parameters | components | layers | width | heads / key heads | neurons | vocabulary | context |
        |---|---|---|---|---|---|---|---|---|
        | %s | %,d | %,d | %d | %d | %d / %d | %d | %d | %d |
        """
        .formatted(
            config.family(),
            model.weights().parameterCount(),
            config.components(),
            config.layers().size(),
            config.width(),
            layer.heads(),
            layer.keyHeads(),
            layer.neurons(),
            config.extents().vocabulary(),
            config.extents().positions());
  }

  private String skills() {
    var text =
        new StringBuilder(
            """

            ## Skills

            Exact match of the greedy answer on held-out items, with the weights in bf16 as stored
            here. No prompt of `suites/` occurs in training: the hash of a prompt's text reserves
            every eighth for them. Training was watched with calibration items; the held-out items
            were used for this table only.

            | skill | exact match | standard error | items | example |
            |---|---|---|---|---|
            """);
    for (Score score : result.scores()) {
      Exercise example = example(score.capability());
      text.append(
          String.format(
              Locale.ROOT,
              "| %s | %.4f | %.4f | %d | `%s%s` |\n",
              score.capability(),
              score.exactMatch(),
              score.standardError(),
              score.items(),
              example.prompt(),
              example.answer()));
    }
    for (Skill skill : result.sample().skills()) {
      text.append("\n- %s: %s.".formatted(skill.name(), skill.description()));
    }
    return text.append('\n').toString();
  }

  private Exercise example(String name) {
    Skill skill =
        result.sample().skills().stream()
            .filter(s -> s.name().equals(name))
            .findFirst()
            .orElseThrow();
    return new Corpus(result.recipe().seed()).training(skill, 0);
  }

  private String recipe() {
    Recipe recipe = result.recipe();
    return String.format(
        Locale.ROOT,
        """

        ## Training

        `./hartonomous samples train %s --out DIR --seed %d --steps %d --batch %d --threads %d --rate %s --target %s`

        %,d of at most %,d steps, %,d tokens; AdamW, warm-up and cosine. Skills that still fail more
        often are drawn more often. The last part of the run: %.0f s at %,.0f tokens/s, evaluation
        included. The same command gives the same bytes on the same kind of processor.

        Mean loss in nats per token of an answer (`loss.csv`):

        ```
        %s```
        """,
        result.sample().label(),
        recipe.seed(),
        recipe.steps(),
        recipe.batch(),
        recipe.threads(),
        recipe.rate(),
        recipe.target(),
        result.steps(),
        recipe.steps(),
        result.tokens(),
        result.time().toMillis() / 1e3,
        result.rateTokensPerSecond(),
        curve.picture());
  }
}
