package ai.hartonomous.platform.inference;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// Takes the calls out of the text of an answer as it comes. Without frames all of it is text.
final class CallReader {

  private final List<CallFrame> frames;
  private final String id = "call_" + UUID.randomUUID().toString().replace("-", "");
  private final StringBuilder arguments = new StringBuilder();
  private String held = ""; // may become a call, or may be the end of one
  private boolean decided;
  private @Nullable CallFrame frame;

  CallReader(List<CallFrame> frames) {
    this.frames = frames;
    decided = frames.isEmpty();
  }

  /// {@return what to tell the client of the next part, as deltas of a message}
  List<Map<String, Object>> next(String part) {
    held += part;
    if (!decided) {
      CallFrame begun = CallFrame.begun(frames, held);
      if (begun == null && CallFrame.mayBegin(frames, held)) {
        return List.of();
      }
      decided = true;
      frame = begun;
      if (begun != null) {
        held = held.substring(begun.before().length());
        List<Map<String, Object>> deltas = new ArrayList<>();
        deltas.add(call(Map.of("name", begun.name(), "arguments", ""), true));
        deltas.addAll(arguments(begun, begun.after().length()));
        return deltas;
      }
    }
    return frame == null ? text() : arguments(frame, frame.after().length());
  }

  /// {@return what is left when no more comes}
  List<Map<String, Object>> finish() {
    CallFrame begun = frame;
    if (begun == null) {
      decided = true;
      return text();
    }
    held = held.endsWith(begun.after()) ? cut(held, begun.after().length()) : held;
    return arguments(begun, 0);
  }

  private static String cut(String text, int end) {
    return text.substring(0, text.length() - end);
  }

  private List<Map<String, Object>> text() {
    String text = held;
    held = "";
    return text.isEmpty() ? List.of() : List.of(Map.of("content", text));
  }

  /// {@return the next part of the arguments}
  ///
  /// @param kept characters that may belong to the end of the frame
  private List<Map<String, Object>> arguments(CallFrame begun, int kept) {
    int fresh = held.length() - kept;
    if (fresh > 0 && Character.isHighSurrogate(held.charAt(fresh - 1))) {
      fresh--; // half a character is none in a message of its own
    }
    if (fresh <= 0 || !begun.equals(frame)) {
      return List.of();
    }
    String text = held.substring(0, fresh);
    held = held.substring(fresh);
    arguments.append(text);
    return List.of(call(Map.of("arguments", text), false));
  }

  private Map<String, Object> call(Map<String, String> function, boolean first) {
    Map<String, Object> call = new LinkedHashMap<>();
    call.put("index", 0);
    if (first) {
      call.put("id", id);
      call.put("type", "function");
    }
    call.put("function", function);
    return Map.of("tool_calls", List.of(call));
  }

  /// {@return whether a function was called}
  boolean isCall() {
    return frame != null;
  }

  /// {@return the message of a whole answer}
  ///
  /// @param frames how calls are written
  /// @param text the answer
  static Map<String, Object> message(List<CallFrame> frames, String text) {
    var reader = new CallReader(frames);
    reader.next(text);
    reader.finish();
    Map<String, Object> message = new LinkedHashMap<>();
    message.put("role", "assistant");
    CallFrame frame = reader.frame;
    message.put("content", frame == null ? text : null);
    if (frame != null) {
      Map<String, Object> call = new LinkedHashMap<>();
      call.put("id", reader.id);
      call.put("type", "function");
      call.put("function", Map.of("name", frame.name(), "arguments", reader.arguments.toString()));
      message.put("tool_calls", List.of(call));
    }
    return message;
  }
}
