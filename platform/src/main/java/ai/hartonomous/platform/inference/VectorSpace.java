package ai.hartonomous.platform.inference;

import ai.hartonomous.interpret.probe.ProbeTexts;
import ai.hartonomous.model.transformer.ModelConfig;
import ai.hartonomous.platform.web.Problem;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// What the numbers of a text's vector mean.
enum VectorSpace {
  /// The mean of the agent's last hidden state: comparable within one agent.
  HIDDEN,
  /// How similar the text is to each probe text, as the agent sees it: comparable with any agent.
  PROBE;

  /// {@return the space of a name}
  ///
  /// @param name as requests have it, or null for the usual one
  /// @throws ai.hartonomous.platform.web.ProblemException with status 400 if there is none
  static VectorSpace of(@Nullable String name) {
    return switch (name) {
      case null -> HIDDEN;
      case "hidden" -> HIDDEN;
      case "probe" -> PROBE;
      default -> throw Problem.invalid("hartonomous.space", "must be hidden or probe");
    };
  }

  /// {@return the name, as requests have it}
  String label() {
    return name().toLowerCase(Locale.ROOT);
  }

  /// {@return numbers of a whole vector}
  ///
  /// @param config of the agent
  int dimensions(ModelConfig config) {
    return switch (this) {
      case HIDDEN -> config.width();
      case PROBE -> ProbeTexts.COUNT;
    };
  }
}
