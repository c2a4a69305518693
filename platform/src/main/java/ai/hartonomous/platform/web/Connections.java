package ai.hartonomous.platform.web;

import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;
import org.apache.catalina.connector.Request;
import org.apache.catalina.connector.Response;
import org.apache.catalina.valves.ValveBase;
import org.apache.coyote.ActionCode;
import org.springframework.boot.tomcat.servlet.TomcatServletWebServerFactory;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.stereotype.Component;

/// Tells of a request whether its client has closed the connection. Servlets learn that only when
/// they write; the web server can look whether there is something to read, and then finds the end.
/// Who closes only its own direction is taken for gone, as nginx does.
@Component
public class Connections implements WebServerFactoryCustomizer<TomcatServletWebServerFactory> {

  private static final String ATTRIBUTE = Connections.class.getName();

  Connections() {}

  @Override
  public void customize(TomcatServletWebServerFactory factory) {
    factory.addEngineValves(new Keeper());
  }

  /// {@return whether nobody is there any more; false where that cannot be told, as before the
  /// whole body was read}
  ///
  /// @param request asked by the thread that answers it
  public static boolean isClosed(HttpServletRequest request) {
    return request.getAttribute(ATTRIBUTE) instanceof BooleanSupplier closed
        && closed.getAsBoolean();
  }

  /// Keeps with each request what can look.
  private static final class Keeper extends ValveBase {

    Keeper() {
      super(/* asyncSupported= */ true);
    }

    @Override
    public void invoke(Request request, Response response) throws IOException, ServletException {
      org.apache.coyote.Request raw = request.getCoyoteRequest();
      BooleanSupplier closed = () -> isClosed(raw);
      request.setAttribute(ATTRIBUTE, closed);
      getNext().invoke(request, response);
    }
  }

  private static boolean isClosed(org.apache.coyote.Request raw) {
    var whole = new AtomicBoolean();
    raw.action(ActionCode.REQUEST_BODY_FULLY_READ, whole);
    if (!whole.get()) {
      return false; // what is there to read is of this request
    }
    raw.action(ActionCode.AVAILABLE, true); // reads what is there, and does not wait
    // The web server says 1 where the reading ends. A next request, which no client sends before it
    // has its answer, would be longer.
    return raw.getAvailable() == 1;
  }
}
