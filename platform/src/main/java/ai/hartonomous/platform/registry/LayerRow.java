package ai.hartonomous.platform.registry;

import ai.hartonomous.model.transformer.ModelConfig.LayerConfig;
import ai.hartonomous.platform.tenant.OwnedRow;
import jakarta.persistence.Entity;
import jakarta.persistence.Table;
import java.util.UUID;
import org.hibernate.annotations.SoftDelete;

/// One layer of a model.
@Entity
@Table(name = "model_layer")
@SoftDelete(columnName = "deleted")
class LayerRow extends OwnedRow {

  UUID modelId;
  int number;
  int heads;
  int keyHeads;
  int neurons;

  @SuppressWarnings("NullAway.Init") // filled by Hibernate
  LayerRow() {}

  LayerRow(UUID modelId, int number, LayerConfig layer) {
    this.modelId = modelId;
    this.number = number;
    this.heads = layer.heads();
    this.keyHeads = layer.keyHeads();
    this.neurons = layer.neurons();
  }
}
