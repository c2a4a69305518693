package ai.hartonomous.platform.inference;

import ai.hartonomous.model.generate.Piece;
import ai.hartonomous.platform.web.Connections;
import ai.hartonomous.platform.web.Problem;
import ai.hartonomous.platform.web.ProblemException;
import jakarta.servlet.http.HttpServletRequest;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;

/// Who waits for a whole answer: it ends when its client has closed the connection, or has told
/// that it waits no longer, as OpenAI's clients do in a header, or when the settings say so.
///
/// @param begun when the request came, nanoseconds of the clock of the process
/// @param most how long it may take
/// @param gone whether the client has closed the connection
record WaitingClient(long begun, Duration most, BooleanSupplier gone) implements Answering.Reader {

  /// nginx's number for a client that did not wait.
  private static final int CLOSED = 499;

  /// OpenAI's clients of JavaScript and of Python, in seconds.
  private static final List<String> HEADERS =
      List.of("X-Stainless-Timeout", "X-Stainless-Read-Timeout");

  /// How long somebody is taken to wait who does not say it: most proxies give up after a minute.
  private static final Duration USUAL = Duration.ofSeconds(50);

  /// {@return the client of a request}
  ///
  /// @param request may have one of the headers
  /// @param most how long an answer may take at most
  static WaitingClient of(HttpServletRequest request, Duration most) {
    Duration told = told(request).orElse(most);
    return new WaitingClient(
        System.nanoTime(),
        told.compareTo(most) < 0 ? told : most,
        () -> Connections.isClosed(request));
  }

  private static Optional<Duration> told(HttpServletRequest request) {
    return HEADERS.stream()
        .flatMap(name -> Optional.ofNullable(request.getHeader(name)).stream())
        .filter(value -> value.matches("\\d{1,6}(\\.\\d{1,9})?"))
        .map(value -> Duration.ofNanos((long) (Double.parseDouble(value) * 1e9)))
        .filter(Duration::isPositive)
        .findFirst();
  }

  /// {@return how long to wait for what can be asked for again, so that the answer still finds its
  /// client: nine tenths of what the client has told, or of the usual}
  ///
  /// @param request may have one of the headers
  /// @param most how long an answer may take at most
  static Duration shortOf(HttpServletRequest request, Duration most) {
    Duration usual = USUAL.compareTo(most) < 0 ? USUAL : most;
    Duration told = told(request).orElse(usual);
    Duration least = told.compareTo(most) < 0 ? told : most;
    return least.multipliedBy(9).dividedBy(10);
  }

  @Override
  public void accept(int index, Piece piece) {
    quiet();
  }

  /// @throws ProblemException with status 504 when nobody waits any more, 499, which nobody reads,
  ///   when nobody is there
  @Override
  public void quiet() {
    if (System.nanoTime() - begun > most.toNanos()) {
      throw new ProblemException(
          Problem.of(
              504,
              "answer-too-long",
              "The answer was not there after %d seconds; longer ones want to be streamed."
                  .formatted(most.toSeconds())));
    }
    requireThere(gone);
  }

  /// Ends what nobody waits for any more.
  ///
  /// @param request asked by the thread that answers it
  /// @throws ProblemException with status 499, which nobody reads, if the client has closed the
  ///   connection
  static void requireThere(HttpServletRequest request) {
    requireThere(() -> Connections.isClosed(request));
  }

  private static void requireThere(BooleanSupplier gone) {
    if (gone.getAsBoolean()) {
      throw new ProblemException(
          Problem.of(CLOSED, "client-closed-request", "The client closed the connection."));
    }
  }
}
