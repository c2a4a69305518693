package ai.hartonomous.platform.store;

import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.springframework.data.jpa.repository.JpaRepository;
import org.springframework.data.jpa.repository.Modifying;
import org.springframework.data.jpa.repository.Query;

/// Kept files of the user.
interface StoredFileRows extends JpaRepository<StoredFileRow, UUID> {

  List<StoredFileRow> findByFolderIdOrderByPath(UUID folderId);

  Optional<StoredFileRow> findFirstByFolderIdAndPath(UUID folderId, String path);

  @Modifying
  @Query("delete from StoredFileRow f where f.folderId = :folderId")
  void deleteByFolder(UUID folderId);
}
