package ai.hartonomous.platform.graph.relational;

import ai.hartonomous.platform.graph.CircuitDraft;
import ai.hartonomous.platform.graph.Feature;
import ai.hartonomous.platform.graph.Influence;
import ai.hartonomous.platform.graph.relational.Upserts.Row;
import ai.hartonomous.platform.graph.relational.Upserts.Value;
import ai.hartonomous.platform.tenant.Columns;
import java.time.OffsetDateTime;
import java.util.Comparator;
import java.util.List;
import java.util.UUID;
import java.util.function.Function;
import org.springframework.jdbc.core.JdbcTemplate;

/// Stores drafts, as part of the current transaction. Rows are visited in the order of their ids,
/// so that two writers wait for each other instead of blocking each other.
final class RelationalWrites {

  private static final String UPDATE_FEATURE =
      """
      update graph_feature set name = ?, kind = ?, activation = coalesce(?, activation),
        sparsity = coalesce(?, sparsity), interpretation = coalesce(?, interpretation),
        model_id = coalesce(?, model_id), layer = coalesce(?, layer), coder = coalesce(?, coder),
        number = coalesce(?, number), updated = ?
      where id = ? and user_id = ?""";

  private static final String INSERT_FEATURE =
      """
      insert into graph_feature (name, kind, activation, sparsity, interpretation, model_id, layer,
        coder, number, updated, id, user_id, created, deleted, feature_key)
      values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)""";

  private static final String UPDATE_INFLUENCE =
      """
      update graph_influence set strength = ?, confidence = ?, method = ?, samples = ?, seed = ?,
        updated = ?
      where id = ? and user_id = ?""";

  private static final String INSERT_INFLUENCE =
      """
      insert into graph_influence (strength, confidence, method, samples, seed, updated, id,
        user_id, created, deleted, source_id, target_id)
      values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)""";

  private static final String UPDATE_MEMBER =
      "update graph_member set updated = ? where id = ? and user_id = ?";

  private static final String INSERT_MEMBER =
      """
      insert into graph_member (updated, id, user_id, created, deleted, circuit_id, feature_id)
      values (?, ?, ?, ?, ?, ?, ?)""";

  private static final String UPDATE_CIRCUIT =
      """
      update graph_circuit set description = coalesce(?, description),
        model_id = coalesce(?, model_id), analysis_id = coalesce(?, analysis_id),
        agent_id = coalesce(?, agent_id), updated = ?
      where user_id = ? and name = ?""";

  private static final String INSERT_CIRCUIT =
      """
      insert into graph_circuit (description, model_id, analysis_id, agent_id, updated, user_id,
        name, id, created, deleted)
      values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)""";

  private final JdbcTemplate jdbc;
  private final Upserts upserts;
  private final String user;
  private final OffsetDateTime now;

  RelationalWrites(JdbcTemplate jdbc, String user, OffsetDateTime now) {
    this.jdbc = jdbc;
    this.upserts = new Upserts(jdbc);
    this.user = user;
    this.now = now;
  }

  /// {@return id of the stored circuit}
  UUID store(CircuitDraft draft) {
    UUID circuit = circuit(draft);
    upserts.run(UPDATE_FEATURE, INSERT_FEATURE, rows(draft.features(), this::feature));
    upserts.run(UPDATE_INFLUENCE, INSERT_INFLUENCE, rows(draft.influences(), this::influence));
    List<String> members = List.copyOf(draft.members());
    upserts.run(UPDATE_MEMBER, INSERT_MEMBER, rows(members, member -> member(circuit, member)));
    return circuit;
  }

  private UUID circuit(CircuitDraft draft) {
    UUID id = Columns.id();
    var row =
        new Row(
            id,
            List.of(
                Value.text(draft.description()),
                Value.uuid(draft.origin().modelId()),
                Value.uuid(draft.origin().analysisId()),
                Value.uuid(draft.origin().agentId()),
                Value.time(now),
                Value.text(user),
                Value.text(draft.name())),
            List.of(Value.uuid(id), Value.time(now), Value.no()));
    upserts.run(UPDATE_CIRCUIT, INSERT_CIRCUIT, List.of(row));
    return jdbc.query(
            "select id from graph_circuit where user_id = ? and name = ?",
            (found, _) -> Rows.id(found, "id"),
            user,
            draft.name())
        .getFirst();
  }

  private Row feature(Feature feature) {
    UUID id = RowIds.feature(user, feature.id());
    return new Row(
        id,
        List.of(
            Value.text(feature.name()),
            Value.text(feature.kind().name()),
            Value.number(feature.activation()),
            Value.number(feature.sparsity()),
            Value.text(feature.interpretation()),
            Value.uuid(feature.place().modelId()),
            Value.integer(feature.place().layer()),
            Value.text(feature.place().coder()),
            Value.integer(feature.place().index()),
            Value.time(now),
            Value.uuid(id),
            Value.text(user)),
        List.of(Value.time(now), Value.no(), Value.text(feature.id())));
  }

  private Row influence(Influence influence) {
    UUID source = RowIds.feature(user, influence.sourceId());
    UUID target = RowIds.feature(user, influence.targetId());
    UUID id = RowIds.influence(source, target);
    return new Row(
        id,
        List.of(
            Value.number(influence.strength()),
            Value.number(influence.evidence().confidence()),
            Value.text(influence.evidence().method()),
            Value.integer(influence.evidence().samples()),
            Value.whole(influence.evidence().seed()),
            Value.time(now),
            Value.uuid(id),
            Value.text(user)),
        List.of(Value.time(now), Value.no(), Value.uuid(source), Value.uuid(target)));
  }

  private Row member(UUID circuit, String featureId) {
    UUID feature = RowIds.feature(user, featureId);
    UUID id = RowIds.member(circuit, feature);
    return new Row(
        id,
        List.of(Value.time(now), Value.uuid(id), Value.text(user)),
        List.of(Value.time(now), Value.no(), Value.uuid(circuit), Value.uuid(feature)));
  }

  private static <T> List<Row> rows(List<T> items, Function<T, Row> row) {
    return items.stream().map(row).sorted(Comparator.comparing(Row::id)).toList();
  }
}
