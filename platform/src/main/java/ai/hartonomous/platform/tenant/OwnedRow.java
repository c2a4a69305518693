package ai.hartonomous.platform.tenant;

import jakarta.persistence.Column;
import jakarta.persistence.Id;
import jakarta.persistence.MappedSuperclass;
import java.time.Instant;
import java.util.UUID;
import org.hibernate.annotations.CreationTimestamp;
import org.hibernate.annotations.TenantId;
import org.hibernate.annotations.UpdateTimestamp;
import org.jspecify.annotations.Nullable;
import org.springframework.data.domain.Persistable;

/// A row that belongs to one user. Its id grows with time, so the order of ids is the order of
/// creation.
@MappedSuperclass
public abstract class OwnedRow implements Persistable<UUID> {

  @Id private UUID id;

  @TenantId
  @Column(name = "user_id")
  private @Nullable String userId;

  @CreationTimestamp private @Nullable Instant created;

  @UpdateTimestamp private @Nullable Instant updated;

  /// A row with a new id.
  protected OwnedRow() {
    this(Columns.id());
  }

  /// A row whose id follows from what it is.
  ///
  /// @param id not used by another row
  protected OwnedRow(UUID id) {
    this.id = id;
  }

  @Override
  public UUID getId() {
    return id;
  }

  @Override
  public boolean isNew() {
    return created == null;
  }

  /// {@return the owner}
  ///
  /// @throws IllegalStateException before the row was stored
  public String userId() {
    return stored(userId);
  }

  /// {@return when the row was stored first}
  ///
  /// @throws IllegalStateException before the row was stored
  public Instant created() {
    return stored(created);
  }

  /// {@return when the row was last changed}
  ///
  /// @throws IllegalStateException before the row was stored
  public Instant updated() {
    return stored(updated);
  }

  private static <T> T stored(@Nullable T value) {
    if (value == null) {
      throw new IllegalStateException("the row was not stored yet");
    }
    return value;
  }
}
