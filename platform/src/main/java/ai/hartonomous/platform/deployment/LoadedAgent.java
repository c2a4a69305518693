package ai.hartonomous.platform.deployment;

import ai.hartonomous.model.tokenizer.Tokenizer;
import ai.hartonomous.model.transformer.Model;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// A model of an agent in memory. Nothing in it changes; any number of threads may use it.
///
/// @param id its id
/// @param model weights and description
/// @param tokenizer its vocabulary
/// @param chatTemplate Jinja text that makes a prompt of messages, or null if it has none
/// @param marks names of the begin and end token, for the template
public record LoadedAgent(
    UUID id, Model model, Tokenizer tokenizer, @Nullable String chatTemplate, Marks marks) {

  /// Texts of special tokens, empty where there is none.
  ///
  /// @param begin before a text
  /// @param end after a text
  public record Marks(String begin, String end) {}
}
