package ai.hartonomous.platform.job;

import ai.hartonomous.platform.Settings;
import ai.hartonomous.platform.web.Problem;
import ai.hartonomous.platform.web.ProblemException;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Consumer;
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
  private final boolean alone;

  JobQueue(DataSource dataSource, DataSourceProperties database, Node node, Settings settings) {
    this.jdbc = new JdbcTemplate(dataSource);
    this.transaction = new TransactionTemplate(new JdbcTransactionManager(dataSource));
    this.node = node;
    this.settings = settings.jobs();
    this.alone = database.determineUrl().startsWith("jdbc:h2:");
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

  /// What waits, of all users.
  ///
  /// @param jobs how many
  /// @param oldestSeconds how long the oldest has waited; 0 if none waits
  record Backlog(double jobs, double oldestSeconds) {}

  /// Refuses a job that a user has too many of, or that this node could never run.
  ///
  /// @param user the user
  /// @param memoryBytes what the job needs, estimated
  /// @throws ProblemException with status 429 or 422
  void admit(String user, long memoryBytes) {
    if (memoryBytes > settings.memoryBytes()) {
      throw Problem.unprocessable(
          "too-much-memory",
          "The work needs about %d MiB of memory; this server has %d MiB for it."
              .formatted(memoryBytes >> 20, settings.memoryBytes() >> 20));
    }
    if (count("state = 'QUEUED' and user_id = ?", user) >= settings.queuedPerUser()) {
      throw new ProblemException(
          Problem.of(429, "too-many-jobs", "Too many of your jobs wait; ask again later."));
    }
  }

  /// {@return what waits; counted, so not to be asked at every request}
  Backlog backlog() {
    OffsetDateTime oldest =
        jdbc.queryForObject(
            "select min(created) from job where state = 'QUEUED'", OffsetDateTime.class);
    double waited = oldest == null ? 0 : Duration.between(oldest, now()).toMillis() / 1000.0;
    return new Backlog(count("state = 'QUEUED'"), Math.max(0, waited));
  }

  private int count(String condition, Object... values) {
    Integer number =
        jdbc.queryForObject("select count(*) from job where " + condition, Integer.class, values);
    return number == null ? 0 : number;
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
      String before = user;
      user = waiting.user;
      if (waiting.memoryBytes > allBytes || runs(user) >= settings.concurrentPerUser()) {
        continue;
      }
      if (waiting.memoryBytes > freeBytes) {
        return Optional.empty();
      }
      Optional<Claim> taken = take(waiting);
      if (taken.isPresent()) {
        return taken;
      }
      user = before; // its user has just ended that job, and may have another
    }
    jdbc.update("update job_turn set last_user = ?", user); // the next look goes on from here
    return Optional.empty();
  }

  private Optional<Claim> take(Waiting waiting) {
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
      return Optional.empty();
    }
    jdbc.update("update job_turn set last_user = ?", waiting.user);
    var lease = new JobLease(waiting.id, waiting.user, epoch);
    return Optional.of(new Claim(lease, waiting.memoryBytes));
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
    return count("state = 'RUNNING' and user_id = ?", user);
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

  /// Takes the leases of all running jobs where no other process can work on them: the file lock of
  /// the embedded database proves it.
  void leaveAllIfAlone() {
    if (alone) {
      jdbc.update("update job set lease_until = null where state = 'RUNNING'");
    }
  }

  /// Removes jobs that ended long ago, with their events. Of a job whose effect is still there, the
  /// row stays, to be referred to, but is deleted for its user.
  ///
  /// @param age how long ago at least
  /// @return how many there were
  int forgetEndedFor(Duration age) {
    OffsetDateTime before = now().minus(age);
    int forgotten = 0;
    List<UUID> some = endedBefore(before);
    while (!some.isEmpty()) {
      List<UUID> ids = some;
      transaction.executeWithoutResult(_ -> forget(ids));
      forgotten += ids.size();
      some = endedBefore(before);
    }
    return forgotten;
  }

  private List<UUID> endedBefore(OffsetDateTime before) {
    return jdbc.query(
        "select id from job where ended < ? and deleted = ?"
            + " order by ended offset 0 rows fetch first 500 rows only",
        (row, _) -> row.getObject(1, UUID.class),
        before,
        false);
  }

  private void forget(List<UUID> ids) {
    String places = places(ids);
    Object[] values = ids.toArray();
    jdbc.update("delete from job_event where job_id in (" + places + ")", values);
    jdbc.update(
        "delete from job where id in ("
            + places
            + ") and not exists (select 1 from agent where agent.job_id = job.id)"
            + " and not exists (select 1 from analysis where analysis.job_id = job.id)",
        values);
    var marked = new ArrayList<Object>(List.of(true));
    marked.addAll(ids);
    jdbc.update(
        "update job set deleted = ?, details = null, result = null, message = null"
            + " where id in ("
            + places
            + ")",
        marked.toArray());
  }

  /// {@return those of some jobs that have not ended}
  ///
  /// @param jobs which ones
  Set<UUID> unfinished(Collection<UUID> jobs) {
    var unfinished = new HashSet<UUID>();
    inParts(
        jobs,
        some ->
            jdbc.query(
                "select id from job where state in ('QUEUED', 'RUNNING') and id in ("
                    + places(some)
                    + ")",
                row -> {
                  unfinished.add(row.getObject(1, UUID.class));
                },
                some.toArray()));
    return unfinished;
  }

  private static String places(List<UUID> ids) {
    return String.join(", ", Collections.nCopies(ids.size(), "?"));
  }

  private static void inParts(Collection<UUID> ids, Consumer<List<UUID>> use) {
    var all = new ArrayList<>(ids);
    for (int begin = 0; begin < all.size(); begin += IDS_AT_A_TIME) {
      use.accept(all.subList(begin, Math.min(all.size(), begin + IDS_AT_A_TIME)));
    }
  }

  /// {@return the number of the last event of each job}
  ///
  /// @param jobs which ones
  Map<UUID, Integer> lastEvents(Collection<UUID> jobs) {
    var last = new HashMap<UUID, Integer>();
    inParts(
        jobs,
        some ->
            jdbc.query(
                "select id, last_event from job where id in (" + places(some) + ")",
                row -> {
                  last.put(row.getObject(1, UUID.class), row.getInt(2));
                },
                some.toArray()));
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
