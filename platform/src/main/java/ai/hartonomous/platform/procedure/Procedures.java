package ai.hartonomous.platform.procedure;

import ai.hartonomous.platform.analysis.FinishedAnalyses;
import ai.hartonomous.platform.job.JobState;
import ai.hartonomous.platform.job.JobView;
import ai.hartonomous.platform.job.Jobs;
import ai.hartonomous.platform.tenant.Tenant;
import ai.hartonomous.platform.web.ProblemException;
import java.io.IOException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;
import javax.sql.DataSource;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.beans.factory.InitializingBean;
import org.springframework.boot.jdbc.autoconfigure.DataSourceProperties;
import org.springframework.stereotype.Component;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// What the procedures of the embedded database do. H2 knows static methods only, so each server
/// registers under the name of its database: the one place where state is static.
@Component
class Procedures implements InitializingBean, DisposableBean {

  /// The work behind `TRAIN_SKIP_TRANSCODER`, here and in the other databases.
  private static final String TRAINING = "skip_transcoder";

  private static final String DATABASE = "select coalesce(database_path(), database())";
  private static final Duration LOOK_EVERY = Duration.ofMinutes(1);
  private static final Map<String, Procedures> SERVERS = new ConcurrentHashMap<>();

  private final Jobs jobs;
  private final FinishedAnalyses analyses;
  private final FeatureCircuitJob circuits;
  private final DataSource dataSource;
  private final boolean embedded;
  private final JsonMapper json;

  Procedures(
      Jobs jobs,
      FinishedAnalyses analyses,
      FeatureCircuitJob circuits,
      DataSource dataSource,
      DataSourceProperties database,
      JsonMapper json) {
    this.jobs = jobs;
    this.analyses = analyses;
    this.circuits = circuits;
    this.dataSource = dataSource;
    this.embedded = database.determineUrl().startsWith("jdbc:h2:");
    this.json = json;
  }

  /// What to train.
  ///
  /// @param modelId the model
  /// @param activationData values to train on
  /// @param epochs how often to go through them
  /// @param learningRate highest step
  record Training(UUID modelId, String activationData, int epochs, double learningRate) {}

  /// How far a training was.
  ///
  /// @param epoch epochs done
  /// @param loss share of variance unexplained
  record Epoch(int epoch, double loss) {}

  /// What was trained.
  ///
  /// @param analysisId id under which the coder is kept
  /// @param epochs how far it was, now and then
  /// @param message one sentence for people
  record Trained(UUID analysisId, List<Epoch> epochs, String message) {}

  @Override
  public void afterPropertiesSet() throws SQLException {
    if (embedded) {
      try (Connection connection = dataSource.getConnection()) {
        SERVERS.put(database(connection), this);
      }
    }
  }

  @Override
  public void destroy() {
    SERVERS.values().remove(this);
  }

  /// {@return the server whose database a connection leads to}
  ///
  /// @throws SQLException if it is not open in this process
  static Procedures of(Connection connection) throws SQLException {
    Procedures server = SERVERS.get(database(connection));
    if (server == null) {
      throw new SQLException("the procedures need the running server", "45000");
    }
    return server;
  }

  private static String database(Connection connection) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(DATABASE);
        ResultSet row = statement.executeQuery()) {
      row.next();
      return row.getString(1);
    }
  }

  /// Trains a coder as a job, so that it counts against the server's memory as any other, and waits
  /// for its end.
  Trained train(String user, Training training) throws SQLException {
    return as(
        user,
        () -> {
          JobView job = jobs.submit(TRAINING, training);
          while (!job.state().isFinal()) {
            job = jobs.await(job.id(), LOOK_EVERY);
          }
          if (job.state() != JobState.SUCCEEDED) {
            throw new SQLException(
                Objects.requireNonNullElse(job.failure(), "the training was cancelled"), "45000");
          }
          return trained(Objects.requireNonNull(job.result()));
        });
  }

  private Trained trained(String result) {
    UUID id = UUID.fromString(json.readTree(result).path("analysisId").asString());
    JsonNode report = analyses.require(id).report();
    List<Epoch> epochs = new ArrayList<>();
    for (JsonNode epoch : report.path("epochs")) {
      epochs.add(new Epoch(epoch.path("epoch").asInt(), epoch.path("loss").asDouble()));
    }
    String message =
        report.path("literal").asBoolean()
            ? "Skip transcoder training completed successfully; the literal form, input = target"
                + " with the input added to the output, has nothing to learn"
            : "Skip transcoder training completed successfully";
    return new Trained(id, epochs, message);
  }

  FeatureCircuitJob.Stored store(String user, FeatureCircuitJob.Order order) throws SQLException {
    return as(user, () -> circuits.store(order));
  }

  @SuppressWarnings("checkstyle:illegalcatch") // the edge to SQL: what fails becomes its message
  private static <T> T as(String user, Callable<T> work) throws SQLException {
    var done = new AtomicReference<T>();
    var failed = new AtomicReference<SQLException>();
    Tenant.as(
        user,
        () -> {
          try {
            done.set(work.call());
          } catch (SQLException e) {
            failed.set(e);
          } catch (ProblemException e) {
            failed.set(new SQLException(e.problem().detail(), "45000"));
          } catch (IOException e) {
            failed.set(new SQLException("a file cannot be read", "58030", e));
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            failed.set(new SQLException("interrupted", "57014", e));
          } catch (Exception e) {
            failed.set(new SQLException("the server failed", "58000", e));
          }
        });
    SQLException failure = failed.get();
    if (failure != null) {
      throw failure;
    }
    return Objects.requireNonNull(done.get());
  }
}
