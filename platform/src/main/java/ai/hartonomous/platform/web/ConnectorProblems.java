package ai.hartonomous.platform.web;

import java.io.IOException;
import org.apache.catalina.connector.Request;
import org.apache.catalina.connector.Response;
import org.apache.catalina.core.StandardHost;
import org.apache.catalina.valves.ErrorReportValve;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.tomcat.servlet.TomcatServletWebServerFactory;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.stereotype.Component;

/// Answers with a problem what is no good request to begin with, such as one with too large a
/// header: no filter and no resource ever sees it.
@Component
class ConnectorProblems implements WebServerFactoryCustomizer<TomcatServletWebServerFactory> {

  ConnectorProblems() {}

  @Override
  public void customize(TomcatServletWebServerFactory factory) {
    factory.addContextCustomizers(
        context -> {
          if (context.getParent() instanceof StandardHost host) {
            host.setErrorReportValveClass(Report.class.getName());
          }
        });
  }

  /// Writes the answer; made by Tomcat.
  public static final class Report extends ErrorReportValve {

    /// For Tomcat.
    public Report() {}

    @Override
    protected void report(Request request, Response response, @Nullable Throwable failure) {
      if (response.getStatus() < 400 || response.getContentWritten() > 0) {
        return;
      }
      if (!response.setErrorReported()) {
        return;
      }
      try {
        ProblemWriter.writeTo(request, response, Problem.of(response.getStatus()));
      } catch (IOException _) {
        // The client is gone.
      }
    }
  }
}
