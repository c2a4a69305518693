package ai.hartonomous.platform.query;

import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Size;
import org.jspecify.annotations.Nullable;

/// One condition on a model.
///
/// @param path a field of models, or a path into one of its documents such as
///   `hyperparameters.learning_rate`
/// @param op how to compare; `eq` if null
/// @param value a number, text or truth value; a list of them for `in`; whether it is there for
///   `exists`, true if null
record Condition(
    @NotNull @Size(min = 1, max = 300) String path,
    @Nullable Operator op,
    @Nullable Object value) {}
