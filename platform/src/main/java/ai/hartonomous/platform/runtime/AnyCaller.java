package ai.hartonomous.platform.runtime;

import ai.hartonomous.platform.audit.Caller;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Whoever has the key: the runtime knows no users. What they do stands in the log.
final class AnyCaller implements Caller {

  private static final Logger LOG = LoggerFactory.getLogger(AnyCaller.class);

  @Override
  public String name() {
    return "local";
  }

  @Override
  public void does(String action, String target) {
    LOG.info("{} {}", action, target);
  }
}
