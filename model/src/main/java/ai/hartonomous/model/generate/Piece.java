package ai.hartonomous.model.generate;

import org.jspecify.annotations.Nullable;

/// What a listener hears of a text on its way.
///
/// @param id the new token; a stop token, which has no text, where scores were asked for; or -1 for
///   text that was held back
/// @param text what may be shown now; may be empty, never holds half a character
/// @param score how likely the token was, or null unless scores were asked for
/// @param cached tokens of the prompt that had been read before
public record Piece(int id, String text, @Nullable TokenScore score, int cached) {}
