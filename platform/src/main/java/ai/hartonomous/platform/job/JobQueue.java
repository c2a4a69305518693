package ai.hartonomous.platform.job;

import ai.hartonomous.platform.Settings;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import javax.sql.DataSource;
import org.springframework.boot.jdbc.autoconfigure.DataSourceProperties;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionTemplate;

/// The jobs of all users, as the nodes share them: whose turn it is, who works on what, and who is
/// gone. It reads no more of a job than that. Every statement finds its rows by an index and looks
/// at few of them, however many jobs wait.
@Component
class JobQueue {

  /// Users that are looked at in one search for the next job.
  private static final int MOST_USERS = 64;

  private static final int IDS_AT_A_TIME = 500;

  private final JdbcTemplate jdbc;
  private final TransactionTemplate transaction;
  private final Node node;
  private final Settings.Jobs settings;
  private final String clock;

  JobQueue(DataSource dataSource, DataSourceProperties database, Node node, Settings settings) {
    this.jdbc = new JdbcTemplate(dataSource);
    this.transaction = new TransactionTemplate(new JdbcTransactionManager(dataSource));
    this.node = node;
    this.settings = settings.jobs();
    this.clock =
        database.determineUrl().startsWith("jdbc:sqlserver:")
            ? "select sysdatetimeoffset()"
            : "select current_timestamp";
  }

  /// A job that a node claimed.
  ///
  /// @param lease its right to work on it
  /// @param memoryBytes what the job needs, estimated
  record Claim(JobLease lease, long memoryBytes) {}

  /// A running job.
  ///
  /// @param lease the last right to work on it
  /// @param cancel whether it is to end
  record Running(JobLease lease, boolean cancel) {}

  private record Waiting(String user, UUID id, int epoch, long memoryBytes) {}

  /// {@return whether a user has as many waiting jobs as one may have}
  ///
  /// @param user the user
  boolean isFull(String user) {
    Integer waiting =
        jdbc.queryForObject(
            "select count(*) from job where state = 'QUEUED' and user_id = ?", Integer.class, user);
    return waiting != null && waiting >= settings.queuedPerUser();
  }

  /// Claims the next job for this node. Users take turns over all nodes: after a job of one, the
  /// next user in the order of names is first who has a job and may run one more.
  ///
  /// @param freeBytes memory that the node has left; a job that needs more keeps its turn, and
  ///   nothing is claimed before it
  /// @param allBytes memory that the node ever has; jobs that need more are left to other nodes
  /// @return the job, or nothing if there is none for this node now
  Optional<Claim> claim(long freeBytes, long allBytes) {
    if (next("").isEmpty()) {
      return Optional.empty();
    }
    return Optional.ofNullable(transaction.execute(_ -> claimInTurn(freeBytes, allBytes)))
        .flatMap(it -> it);
  }

  private Optional<Claim> claimInTurn(long freeBytes, long allBytes) {
    jdbc.update("update job_turn set claims = claims + 1"); // one node at a time until the commit
    String last = jdbc.queryForObject("select last_user from job_turn", String.class);
    String user = last == null ? "" : last;
    boolean wrapped = false;
    for (int looks = 0; looks < MOST_USERS; looks++) {
      Waiting waiting = next(user).orElse(null);
      if (waiting == null) {
        if (wrapped) {
          return Optional.empty();
        }
        wrapped = true;
        user = "";
        continue;
      }
      user = waiting.user;
      if (waiting.memoryBytes > allBytes || runs(user) >= settings.concurrentPerUser()) {
        continue;
      }
      return waiting.memoryBytes > freeBytes ? Optional.empty() : Optional.of(take(waiting));
    }
    jdbc.update("update job_turn set last_user = ?", user); // the next look goes on from here
    return Optional.empty();
  }

  private Claim take(Waiting waiting) {
    jdbc.update("update job_turn set last_user = ?", waiting.user);
    int epoch = waiting.epoch + 1;
    int taken =
        jdbc.update(
            "update job set state = 'RUNNING', node = ?, epoch = ?, lease_until = ?, updated = ?"
                + " where id = ? and state = 'QUEUED' and epoch = ?",
            node.name(),
            epoch,
            now().plus(settings.lease()),
            now(),
            waiting.id,
            waiting.epoch);
    if (taken == 0) {
      throw new IllegalStateException("job %s is not as it was".formatted(waiting.id));
    }
    return new Claim(new JobLease(waiting.id, waiting.user, epoch), waiting.memoryBytes);
  }

  /// {@return the first waiting job of the first user after `user`}
  private Optional<Waiting> next(String user) {
    return jdbc
        .query(
            "select user_id, id, epoch, memory_bytes from job"
                + " where state = 'QUEUED' and user_id > ?"
                + " order by state, user_id, urgency, id offset 0 rows fetch first 1 rows only",
            (row, _) ->
                new Waiting(
                    row.getString(1), row.getObject(2, UUID.class), row.getInt(3), row.getLong(4)),
            user)
        .stream()
        .findFirst();
  }

  private int runs(String user) {
    Integer running =
        jdbc.queryForObject(
            "select count(*) from job where state = 'RUNNING' and user_id = ?",
            Integer.class,
            user);
    return running == null ? 0 : running;
  }

  /// {@return the jobs that this node works on, as the others see it}
  List<Running> mine() {
    return jdbc.query(
        "select id, user_id, epoch, cancel_requested from job where state = 'RUNNING' and node = ?",
        JobQueue::running,
        node.name());
  }

  /// Tells the other nodes that this one lives.
  void renew() {
    jdbc.update(
        "update job set lease_until = ? where state = 'RUNNING' and node = ?",
        now().plus(settings.lease()),
        node.name());
  }

  /// {@return running jobs whose node has not told for longer than a lease that it lives}
  List<JobLease> left() {
    return jdbc
        .query(
            "select id, user_id, epoch, cancel_requested from job"
                + " where state = 'RUNNING' and (lease_until is null or lease_until < ?)",
            JobQueue::running,
            now())
        .stream()
        .map(Running::lease)
        .toList();
  }

  /// Takes the leases of all running jobs: no other process lives that could work on them.
  void leaveAll() {
    jdbc.update("update job set lease_until = null where state = 'RUNNING'");
  }

  /// {@return the number of the last event of each job}
  ///
  /// @param jobs which ones
  Map<UUID, Integer> lastEvents(Collection<UUID> jobs) {
    var last = new HashMap<UUID, Integer>();
    var ids = new ArrayList<>(jobs);
    for (int begin = 0; begin < ids.size(); begin += IDS_AT_A_TIME) {
      List<UUID> some = ids.subList(begin, Math.min(ids.size(), begin + IDS_AT_A_TIME));
      String places = String.join(", ", Collections.nCopies(some.size(), "?"));
      jdbc.query(
          "select id, last_event from job where id in (" + places + ")",
          row -> {
            last.put(row.getObject(1, UUID.class), row.getInt(2));
          },
          some.toArray());
    }
    return last;
  }

  /// {@return the time by the clock that all nodes share}
  private OffsetDateTime now() {
    OffsetDateTime now = jdbc.queryForObject(clock, OffsetDateTime.class);
    if (now == null) {
      throw new IllegalStateException("the database has no time");
    }
    return now;
  }

  private static Running running(ResultSet row, int number) throws SQLException {
    return new Running(
        new JobLease(row.getObject(1, UUID.class), row.getString(2), row.getInt(3)),
        row.getBoolean(4));
  }
}
