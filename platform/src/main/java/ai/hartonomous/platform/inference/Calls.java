package ai.hartonomous.platform.inference;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// Takes the calls of functions out of all answers to one request.
final class Calls {

  private final List<CallFrame> frames;
  private final Map<Integer, CallReader> readers = new HashMap<>();

  /// Begins.
  ///
  /// @param frames how calls are written, none if nothing may be called
  Calls(List<CallFrame> frames) {
    this.frames = List.copyOf(frames);
  }

  /// {@return what reads one answer as it comes}
  CallReader reader(int index) {
    return readers.computeIfAbsent(index, _ -> new CallReader(frames));
  }

  /// {@return the message of a whole answer}
  Map<String, Object> message(String text) {
    return CallReader.message(frames, text);
  }
}
