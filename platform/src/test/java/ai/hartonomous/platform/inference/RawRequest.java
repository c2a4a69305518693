package ai.hartonomous.platform.inference;

import ai.hartonomous.platform.TestServer;
import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/// Requests that are written by hand, so that a test decides what becomes of the connection.
final class RawRequest {

  private RawRequest() {}

  /// {@return a connection on which a user has posted, and nothing was read}
  static Socket post(TestServer server, String user, String path, String json) throws IOException {
    var socket = new Socket("localhost", server.request("/").build().uri().getPort());
    byte[] body = json.getBytes(StandardCharsets.UTF_8);
    String head =
        """
        POST %s HTTP/1.1
        Host: localhost
        Authorization: Bearer %s
        Content-Type: application/json
        Content-Length: %d

        """
            .formatted(path, server.token(user), body.length)
            .replace("\n", "\r\n");
    OutputStream out = socket.getOutputStream();
    out.write(head.getBytes(StandardCharsets.UTF_8));
    out.write(body);
    out.flush();
    return socket;
  }
}
