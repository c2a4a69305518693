package ai.hartonomous.distill.evaluate;

/// One size that was tried: cut, healed and measured on validation items.
///
/// @param components heads and neurons that stayed
/// @param parameters numbers of the cut model
/// @param steps healing steps up to the best state
/// @param items validation items
/// @param exactMatchBefore share answered exactly before healing
/// @param exactMatch share answered exactly after healing
/// @param loss mean cross-entropy of the answers after healing, in nats per token
public record SearchPoint(
    int components,
    long parameters,
    int steps,
    int items,
    double exactMatchBefore,
    double exactMatch,
    double loss) {}
