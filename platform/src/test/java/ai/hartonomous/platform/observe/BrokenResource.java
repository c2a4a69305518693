package ai.hartonomous.platform.observe;

import io.swagger.v3.oas.annotations.Hidden;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/// Fails, to see what becomes of it.
@RestController
@Hidden
class BrokenResource {

  private static final Logger LOG = LoggerFactory.getLogger(BrokenResource.class);

  @GetMapping("/v1/broken")
  void fail() {
    LOG.info("about to fail");
    throw new IllegalStateException("inner detail of the server");
  }
}
