package ai.hartonomous.platform.store;

import ai.hartonomous.platform.Settings;
import java.io.IOException;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.scheduling.annotation.EnableScheduling;

/// Makes the folders of the store, and lets work be done now and then.
@Configuration(proxyBeanMethods = false)
@EnableScheduling
class StoreConfiguration {

  @Bean
  StoreLayout storeLayout(Settings settings) throws IOException {
    StoreLayout layout = StoreLayout.in(settings.data());
    layout.create();
    return layout;
  }
}
