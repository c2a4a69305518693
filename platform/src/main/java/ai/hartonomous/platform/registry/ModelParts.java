package ai.hartonomous.platform.registry;

import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.stereotype.Component;

/// What belongs to a model and goes with it.
@Component
class ModelParts {

  private final MetadataRows metadata;
  private final LayerRows layers;
  private final ComponentRows components;
  private final ApplicationEventPublisher events;

  ModelParts(
      MetadataRows metadata,
      LayerRows layers,
      ComponentRows components,
      ApplicationEventPublisher events) {
    this.metadata = metadata;
    this.layers = layers;
    this.components = components;
    this.events = events;
  }

  /// {@return the id of every component of a model, by its path}
  Map<String, UUID> componentIds(UUID model) {
    Map<String, UUID> ids = new HashMap<>();
    components.names(model).forEach(name -> ids.put(name.getPath(), name.getId()));
    return ids;
  }

  /// Deletes them, as part of the current transaction, and tells other rooms.
  void delete(UUID model) {
    metadata.deleteByModel(model);
    layers.deleteByModel(model);
    components.deleteByModel(model);
    events.publishEvent(new ModelDeleted(model));
  }
}
