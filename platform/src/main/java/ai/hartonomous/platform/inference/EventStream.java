package ai.hartonomous.platform.inference;

import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/// The server-sent events of a streamed answer. Nothing is sent before {@link #begin}, so that what
/// fails before the first token still gets its HTTP status.
final class EventStream {

  static final JsonMapper JSON = JsonMapper.shared(); // writes nulls, as clients expect

  private final HttpServletResponse response;
  private @Nullable OutputStream out;

  EventStream(HttpServletResponse response) {
    this.response = response;
  }

  /// Opens the stream, once.
  ///
  /// @param first first events
  void begin(List<Map<String, Object>> first) throws IOException {
    if (out != null) {
      return;
    }
    response.setContentType("text/event-stream");
    response.setCharacterEncoding("UTF-8");
    response.setHeader("Cache-Control", "no-store");
    out = response.getOutputStream();
    for (Map<String, Object> event : first) {
      send(event);
    }
  }

  void send(Map<String, Object> event) throws IOException {
    write("data: " + JSON.writeValueAsString(event) + "\n\n");
  }

  /// Tells nothing, to learn whether anybody listens.
  void ping() throws IOException {
    write(": ping\n\n");
  }

  /// {@return whether the status is sent, so that a failure can only be an event}
  boolean isBegun() {
    return out != null;
  }

  void end() throws IOException {
    write("data: [DONE]\n\n");
  }

  private void write(String text) throws IOException {
    if (out == null) {
      throw new IllegalStateException("the stream was not begun");
    }
    out.write(text.getBytes(StandardCharsets.UTF_8));
    out.flush();
  }
}
