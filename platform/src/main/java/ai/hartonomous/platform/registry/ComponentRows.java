package ai.hartonomous.platform.registry;

import java.util.List;
import java.util.UUID;
import org.springframework.data.jpa.repository.JpaRepository;
import org.springframework.data.jpa.repository.Modifying;
import org.springframework.data.jpa.repository.Query;

/// Components of the user's models.
interface ComponentRows extends JpaRepository<ComponentRow, UUID> {

  @Modifying
  @Query("delete from ComponentRow c where c.modelId = :modelId")
  void deleteByModel(UUID modelId);

  @Query("select c.path as path, c.id as id from ComponentRow c where c.modelId = :modelId")
  List<Name> names(UUID modelId);

  /// A component by its name.
  interface Name {
    /// {@return its path}
    String getPath();

    /// {@return its id}
    UUID getId();
  }
}
