package ai.hartonomous.platform.vector;

import ai.hartonomous.platform.capability.SuiteDeleted;
import ai.hartonomous.platform.registry.ModelDeleted;
import ai.hartonomous.platform.tenant.Tenant;
import ai.hartonomous.platform.vector.EmbeddingFeed.Origin;
import org.springframework.context.event.EventListener;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;

/// Forgets embeddings together with what they are of.
@Component
class Forgetting {

  private final Embeddings embeddings;
  private final EmbeddingFeed feed;

  Forgetting(Embeddings embeddings, EmbeddingFeed feed) {
    this.embeddings = embeddings;
    this.feed = feed;
  }

  @EventListener
  void forget(ModelDeleted event) {
    embeddings.forgetModel(event.modelId());
  }

  @EventListener
  void forget(SuiteDeleted event) {
    embeddings.forgetSource(event.suiteId());
  }

  /// Forgets what jobs stored in the moment in which its model, suite or transcoders went.
  @Scheduled(initialDelayString = "PT15M", fixedDelayString = "PT1H")
  void forgetOrphans() {
    for (Origin model : feed.deletedModels()) {
      Tenant.as(model.userId(), () -> embeddings.forgetModel(model.id()));
    }
    for (Origin source : feed.deletedSources()) {
      Tenant.as(source.userId(), () -> embeddings.forgetSource(source.id()));
    }
  }
}
