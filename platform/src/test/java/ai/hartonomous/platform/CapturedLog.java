package ai.hartonomous.platform;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import ch.qos.logback.core.read.ListAppender;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.slf4j.LoggerFactory;

/// What is logged while something is done, whichever server of this process has the log file.
public final class CapturedLog {

  private static final String END = "this is captured";

  private CapturedLog() {}

  /// {@return what was logged, with the traces of failures}
  ///
  /// @param work what is done
  /// @throws Exception if the work does
  public static String during(Callable<?> work) throws Exception {
    var logged = new ListAppender<ILoggingEvent>();
    logged.start();
    var root = (Logger) LoggerFactory.getLogger(Logger.ROOT_LOGGER_NAME);
    root.addAppender(logged);
    try {
      var _ = work.call();
      root.warn(END);
    } finally {
      root.detachAppender(logged);
    }
    String log = logged.list.stream().map(CapturedLog::text).collect(Collectors.joining("\n"));
    if (!log.contains(END)) {
      throw new IllegalStateException("the log is not captured");
    }
    return log;
  }

  private static String text(ILoggingEvent event) {
    var failure = event.getThrowableProxy();
    return event.getFormattedMessage()
        + (failure == null ? "" : ThrowableProxyUtil.asString(failure));
  }
}
