package ai.hartonomous.platform.graph.neo4j;

import ai.hartonomous.platform.graph.TooLargeException;
import ai.hartonomous.platform.web.Problem;
import ai.hartonomous.platform.web.ProblemException;
import java.util.function.Supplier;
import org.neo4j.driver.exceptions.ClientException;
import org.neo4j.driver.exceptions.ServiceUnavailableException;
import org.neo4j.driver.exceptions.SessionExpiredException;
import org.neo4j.driver.exceptions.TransientException;

/// What failures of the server mean to those who ask.
final class Neo4jFailures {

  private static final String TIMED_OUT = "TransactionTimedOut";

  private Neo4jFailures() {}

  static <T> T translated(Supplier<T> work) {
    try {
      return work.get();
    } catch (ServiceUnavailableException | SessionExpiredException gone) {
      throw unavailable();
    } catch (TransientException | ClientException e) {
      if (String.valueOf(e.code()).contains(TIMED_OUT)) {
        throw new TooLargeException("The question took too long.");
      }
      // Without a code of the server it comes from the driver: no connection in time.
      throw e instanceof TransientException || e.code().equals("N/A") ? unavailable() : e;
    }
  }

  private static ProblemException unavailable() {
    return new ProblemException(
        Problem.of(503, "graph-unavailable", "The graph does not answer; try again later."));
  }
}
