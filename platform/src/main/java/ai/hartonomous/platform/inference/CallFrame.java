package ai.hartonomous.platform.inference;

import ai.hartonomous.platform.deployment.LoadedAgent;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// How a model writes the call of one function: its arguments between two fixed texts.
///
/// @param name the function
/// @param before what stands before the arguments
/// @param after what stands after them
record CallFrame(String name, String before, String after) {

  /// How a chat template writes calls.
  enum Style {
    /// `<tool_call>` around an object, as Hermes and Qwen.
    TAGGED("<tool_call>\n{\"name\": \"", "\", \"arguments\": ", "}\n</tool_call>"),
    /// An object with `parameters`, as Llama 3.
    PARAMETERS("{\"name\": \"", "\", \"parameters\": ", "}"),
    /// An object with `arguments`: all others.
    PLAIN("{\"name\": \"", "\", \"arguments\": ", "}");

    private final String open;
    private final String middle;
    private final String close;

    Style(String open, String middle, String close) {
      this.open = open;
      this.middle = middle;
      this.close = close;
    }

    /// {@return the style of an agent's template}
    static Style of(LoadedAgent agent) {
      String template = agent.chatTemplate();
      if (template == null) {
        return PLAIN;
      }
      if (template.contains("<tool_call>")) {
        return TAGGED;
      }
      return template.contains("\"parameters\":") ? PARAMETERS : PLAIN;
    }

    /// {@return what every call begins with, and no text}
    String mark() {
      return open;
    }

    CallFrame frame(String function) {
      return new CallFrame(function, open + function + middle, close);
    }
  }

  /// {@return whether an agent's chat template tells the model about functions}
  static boolean isToldTo(LoadedAgent agent) {
    String template = agent.chatTemplate();
    return template != null && template.contains("tools");
  }

  /// {@return the frame that a text begins with, or null}
  static @Nullable CallFrame begun(List<CallFrame> frames, String text) {
    return frames.stream().filter(it -> text.startsWith(it.before)).findFirst().orElse(null);
  }

  /// {@return whether a text is shorter than what a frame begins with, and may still become one}
  static boolean mayBegin(List<CallFrame> frames, String text) {
    return frames.stream().anyMatch(it -> it.before.startsWith(text));
  }
}
