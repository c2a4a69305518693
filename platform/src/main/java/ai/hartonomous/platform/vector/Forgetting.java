package ai.hartonomous.platform.vector;

import ai.hartonomous.platform.registry.ModelDeleted;
import org.springframework.context.event.EventListener;
import org.springframework.stereotype.Component;

/// Forgets embeddings together with what they are of.
@Component
class Forgetting {

  private final Embeddings embeddings;

  Forgetting(Embeddings embeddings) {
    this.embeddings = embeddings;
  }

  @EventListener
  void forget(ModelDeleted event) {
    embeddings.forgetModel(event.modelId());
  }
}
