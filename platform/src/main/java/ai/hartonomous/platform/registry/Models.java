package ai.hartonomous.platform.registry;

import ai.hartonomous.platform.store.Folders;
import ai.hartonomous.platform.store.Folders.Binary;
import ai.hartonomous.platform.web.Page;
import ai.hartonomous.platform.web.Problem;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.data.domain.Limit;
import org.springframework.stereotype.Service;

/// The models of the user.
@Service
public class Models {

  private final ModelRows models;
  private final MetadataRows metadata;
  private final LayerRows layers;
  private final ModelParts parts;
  private final ComponentPages pages;
  private final Folders folders;

  Models(
      ModelRows models,
      MetadataRows metadata,
      LayerRows layers,
      ModelParts parts,
      ComponentPages pages,
      Folders folders) {
    this.models = models;
    this.metadata = metadata;
    this.layers = layers;
    this.parts = parts;
    this.pages = pages;
    this.folders = folders;
  }

  /// A registered checkpoint.
  ///
  /// @param id its id
  /// @param name what its owner calls it
  /// @param path folder or file to open
  /// @param contentHash SHA-256 of weights and configuration
  /// @param parameters trainable numbers
  public record RegisteredModel(
      UUID id, String name, Path path, String contentHash, long parameters) {

    /// {@return what its weights take in memory, in single precision}
    public long weightBytes() {
      return Float.BYTES * parameters;
    }
  }

  /// {@return a model to work with}
  ///
  /// @param id its id
  /// @throws ai.hartonomous.platform.web.ProblemException if the user has no such model
  public RegisteredModel require(UUID id) {
    ModelRow row = row(id);
    return new RegisteredModel(
        id, row.name, folders.of(id).resolve(row.entry), row.contentHash, row.parameters);
  }

  /// {@return the id of every component of a model, by its path}
  ///
  /// @param id the model
  public Map<String, UUID> componentIds(UUID id) {
    return parts.componentIds(id);
  }

  ModelView get(UUID id) {
    return ModelView.of(row(id));
  }

  Page<ModelView> list(@Nullable String cursor, int limit) {
    var rows = models.page(Page.idAfter(cursor), Limit.of(Page.checkedLimit(limit) + 1));
    return Page.of(rows, limit, ModelView::of, ModelRow::getId);
  }

  MetadataView metadata(UUID id) {
    row(id);
    return metadata
        .findFirstByModelId(id)
        .map(MetadataView::of)
        .orElseThrow(() -> Problem.notFound("model", id));
  }

  List<Binary> files(UUID id) {
    row(id);
    return folders.files(id);
  }

  List<LayerView> layers(UUID id) {
    row(id);
    return layers.findByModelIdOrderByNumber(id).stream().map(LayerView::of).toList();
  }

  Page<ComponentView> components(
      UUID id,
      @Nullable Integer layer,
      @Nullable ComponentType type,
      @Nullable String cursor,
      int limit) {
    var lines = pages.read(id, layer, type, Page.numberAfter(cursor), Page.checkedLimit(limit) + 1);
    if (lines.isEmpty()) {
      row(id); // components come and go with their model, so it can only be missing now
    }
    return Page.of(lines, limit, ComponentView::of, ComponentPages.Line::ordinal);
  }

  /// Forgets a model and removes its files. Agents made from it stay.
  void delete(UUID id) throws IOException {
    folders.remove(
        id,
        () -> {
          ModelRow row = row(id);
          models.touch(id, Instant.now()); // when it was deleted
          models.delete(row);
          parts.delete(id);
        });
  }

  private ModelRow row(UUID id) {
    return models.findById(id).orElseThrow(() -> Problem.notFound("model", id));
  }

  /// One layer as the API shows it.
  ///
  /// @param number from 0
  /// @param heads query heads
  /// @param keyHeads key/value heads
  /// @param neurons width of the MLP
  record LayerView(int number, int heads, int keyHeads, int neurons) {

    static LayerView of(LayerRow row) {
      return new LayerView(row.number, row.heads, row.keyHeads, row.neurons);
    }
  }

  /// One component as the API shows it.
  ///
  /// @param id its id
  /// @param path its hook point, such as `layers.3.heads.5`
  /// @param layer from 0
  /// @param type head or neuron
  /// @param number from 0 in its layer and type
  record ComponentView(UUID id, String path, int layer, ComponentType type, int number) {

    static ComponentView of(ComponentPages.Line line) {
      return new ComponentView(line.id(), line.path(), line.layer(), line.type(), line.number());
    }
  }
}
