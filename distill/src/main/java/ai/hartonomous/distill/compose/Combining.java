package ai.hartonomous.distill.compose;

import java.util.Locale;

/// How the experts of an agent answer a prompt.
public enum Combining {
  /// The router chooses the expert that answers.
  ROUTE,
  /// All predict every token together, weighted by the router's probabilities for the prompt, as
  /// {@link ai.hartonomous.model.transformer.Mixture} defines it. They must share a tokenizer.
  MIX,
  /// In requests only: whichever of both answers more validation items, routing where both answer
  /// the same or mixing is not possible.
  AUTO;

  /// {@return its name in requests and manifests, such as `route`}
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }

  /// {@return what a name means}
  ///
  /// @param label as {@link #label} gives it
  /// @throws IllegalArgumentException if it is none
  public static Combining parse(String label) {
    for (Combining one : values()) {
      if (one.label().equals(label)) {
        return one;
      }
    }
    throw new IllegalArgumentException("expected route, mix or auto, found '%s'".formatted(label));
  }
}
