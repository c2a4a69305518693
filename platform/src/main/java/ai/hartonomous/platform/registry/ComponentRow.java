package ai.hartonomous.platform.registry;

import ai.hartonomous.platform.tenant.OwnedRow;
import jakarta.persistence.Entity;
import jakarta.persistence.EnumType;
import jakarta.persistence.Enumerated;
import jakarta.persistence.Table;
import java.util.UUID;
import org.hibernate.annotations.SoftDelete;

/// One head or neuron of a model. `ordinal` counts the components of the model: by layer, heads
/// before neurons.
@Entity
@Table(name = "component")
@SoftDelete(columnName = "deleted")
class ComponentRow extends OwnedRow {

  UUID modelId;
  int ordinal;
  int layer;

  @Enumerated(EnumType.STRING)
  ComponentType type;

  int number;
  String path;

  @SuppressWarnings("NullAway.Init") // filled by Hibernate
  ComponentRow() {}

  ComponentRow(UUID modelId, int ordinal, int layer, ComponentType type, int number) {
    this.modelId = modelId;
    this.ordinal = ordinal;
    this.layer = layer;
    this.type = type;
    this.number = number;
    this.path = type.path(layer, number);
  }
}
