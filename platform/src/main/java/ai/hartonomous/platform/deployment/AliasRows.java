package ai.hartonomous.platform.deployment;

import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.springframework.data.domain.Limit;
import org.springframework.data.jpa.repository.JpaRepository;
import org.springframework.data.jpa.repository.Query;

/// Names that stand for agents of the user.
interface AliasRows extends JpaRepository<AliasRow, UUID> {

  /// {@return the change of a name that counts}
  Optional<AliasRow> findFirstByNameOrderByNumberDesc(String name);

  Optional<AliasRow> findFirstByNameAndNumber(String name, int number);

  List<AliasRow> findByNameOrderByNumberDesc(String name, Limit limit);

  /// {@return of every name that stands for an agent the change that counts}
  @Query(
      """
      select a from AliasRow a
      where a.agentId is not null and a.number =
        (select max(b.number) from AliasRow b where b.userId = a.userId and b.name = a.name)
      order by a.name""")
  List<AliasRow> current();
}
