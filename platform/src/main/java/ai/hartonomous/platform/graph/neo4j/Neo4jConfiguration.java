package ai.hartonomous.platform.graph.neo4j;

import ai.hartonomous.platform.Settings;
import ai.hartonomous.platform.graph.GraphStore;
import org.springframework.boot.autoconfigure.condition.ConditionalOnExpression;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/// The graph in Neo4j, where the settings name a server.
@Configuration(proxyBeanMethods = false)
class Neo4jConfiguration {

  @Bean
  @ConditionalOnExpression("!'${hartonomous.graph.uri:}'.isEmpty()")
  GraphStore neo4jGraph(Settings settings) {
    return Neo4jGraph.open(settings.graph());
  }
}
