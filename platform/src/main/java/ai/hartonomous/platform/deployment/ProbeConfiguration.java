package ai.hartonomous.platform.deployment;

import ai.hartonomous.platform.store.StoreLayout;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/// Keeps in the data folder what agents did on the probe texts.
@Configuration(proxyBeanMethods = false)
class ProbeConfiguration {

  @Bean
  ProbeFolder probeFolder(StoreLayout layout) {
    return new ProbeFolder(layout.probes());
  }
}
