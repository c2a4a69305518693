package ai.hartonomous.platform.cli;

import ai.hartonomous.distill.capability.Completion;
import ai.hartonomous.distill.capability.Filter;
import ai.hartonomous.distill.capability.Metric;
import ai.hartonomous.distill.task.Mapping;
import ai.hartonomous.distill.task.Template;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.Spec.Target;

/// Which fields of a task file are what.
final class MappingOptions {

  private enum Preset {
    ARC,
    HELLASWAG,
    BOOLQ,
    GSM8K;

    Mapping mapping() {
      return switch (this) {
        case ARC -> Mapping.ARC;
        case HELLASWAG -> Mapping.HELLASWAG;
        case BOOLQ -> Mapping.BOOLQ;
        case GSM8K -> Mapping.GSM8K;
      };
    }
  }

  @Spec(Target.MIXEE)
  private CommandSpec spec;

  @Option(
      names = "--preset",
      paramLabel = "NAME",
      description = "A known layout: arc, hellaswag, boolq or gsm8k.")
  private @Nullable String preset;

  @Option(
      names = "--prompt",
      paramLabel = "TEXT",
      description = "Text of the prompt with fields in braces: 'Question: {question}\\nAnswer:'.")
  private @Nullable String prompt;

  @Option(
      names = "--answer",
      paramLabel = "TEXT",
      description = "generation: text of the answer, with fields in braces.")
  private @Nullable String answer;

  @Option(
      names = "--choices",
      paramLabel = "FIELD",
      description = "choices: field with the list of texts.")
  private String choices = "";

  @Option(
      names = "--fixed-choice",
      paramLabel = "TEXT",
      description = "choices: a text that all items have; repeat it.")
  private List<String> fixed = new ArrayList<>();

  @Option(
      names = "--labels",
      paramLabel = "FIELD",
      description = "choices: field with the texts' names (default: A, B and so on).")
  private String labels = "";

  @Option(
      names = "--right",
      paramLabel = "FIELD",
      description = "choices: field with the number (from 0) or label of the right one.")
  private String right = "";

  @Option(
      names = "--delimiter",
      paramLabel = "TEXT",
      defaultValue = " ",
      description = "Text between prompt and answer (default: a blank).")
  private String delimiter = " ";

  @Option(
      names = "--until",
      paramLabel = "TEXT",
      description = "generation: text that ends it; may be repeated (default: a line break).")
  private List<String> until = new ArrayList<>();

  @Option(
      names = "--filter",
      paramLabel = "NAME",
      description =
          "generation: strip, lower_case, first_line, regex:P, regex_last:P or remove:P; may be"
              + " repeated.")
  private List<String> filters = new ArrayList<>();

  @Option(
      names = "--max-tokens",
      paramLabel = "N",
      defaultValue = "0",
      description = "generation: most tokens to write (default: as the answer needs).")
  private int maxTokens;

  /// {@return the preset, or what the single options say}
  Mapping mapping(boolean generation, @Nullable Metric metric) {
    if (preset != null) {
      return preset(preset, generation, metric);
    }
    if (prompt == null || (generation && answer == null)) {
      throw wrongUse("--preset, or --prompt with --answer (generation) or --choices, is needed.");
    }
    boolean chosen = !choices.isEmpty() != !fixed.isEmpty() && !right.isEmpty();
    if (!generation && !chosen) {
      throw wrongUse("--right and one of --choices and --fixed-choice are needed.");
    }
    Mapping.Answer what =
        generation
            ? new Mapping.Written(new Template(String.valueOf(answer)), completion())
            : new Mapping.Chosen(
                choices, fixed, labels, right, metric == null ? Metric.ACC : metric);
    return new Mapping(new Template(prompt), what, Mapping.Cleaning.NONE, delimiter);
  }

  private Mapping preset(String name, boolean generation, @Nullable Metric metric) {
    for (Preset known : Preset.values()) {
      if (!known.name().equals(name.toUpperCase(Locale.ROOT))) {
        continue;
      }
      Mapping mapping = known.mapping();
      if (mapping.answer() instanceof Mapping.Written != generation) {
        throw wrongUse("--preset %s belongs to the other format.".formatted(name));
      }
      return metric == null ? mapping : measuredBy(mapping, metric);
    }
    throw wrongUse("--preset is arc, hellaswag, boolq or gsm8k.");
  }

  private static Mapping measuredBy(Mapping mapping, Metric metric) {
    if (!(mapping.answer() instanceof Mapping.Chosen chosen)) {
      return mapping;
    }
    var answer =
        new Mapping.Chosen(
            chosen.choices(), chosen.fixed(), chosen.labels(), chosen.right(), metric);
    return new Mapping(mapping.prompt(), answer, mapping.cleaning(), mapping.delimiter());
  }

  private Completion completion() {
    try {
      List<String> ends = until.stream().map(text -> text.replace("\\n", "\n")).toList();
      return new Completion(
          ends.isEmpty() ? Completion.LINE.until() : ends,
          maxTokens,
          filters.stream().map(Filter::parse).toList());
    } catch (IllegalArgumentException e) {
      throw wrongUse(String.valueOf(e.getMessage()));
    }
  }

  private ParameterException wrongUse(String reason) {
    return new ParameterException(spec.commandLine(), reason);
  }
}
