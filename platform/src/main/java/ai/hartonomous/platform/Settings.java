package ai.hartonomous.platform;

import ai.hartonomous.model.checkpoint.ServingFormat;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.util.unit.DataSize;

/// Settings of the application, read once at start. An unknown key under `hartonomous` is an error.
///
/// @param data folder of the database, the binaries, the keys and the logs
/// @param importDir folder whose checkpoints may be imported by name, or null to refuse such
///   imports
/// @param tokens what a bearer token must say
/// @param uploads limits of an uploaded checkpoint
/// @param jobs how long work runs
/// @param inference how deployed agents answer
/// @param workers processes that compute for deployed agents
/// @param security who may come in
/// @param vectors where nearest vectors are found
/// @param store how stored files are looked after
/// @param limits how often
/// @param graph where the graph is kept
/// @param money how calls are metered and charged
@ConfigurationProperties(prefix = "hartonomous", ignoreUnknownFields = false)
public record Settings(
    @DefaultValue("data") Path data,
    @Nullable Path importDir,
    @DefaultValue Tokens tokens,
    @DefaultValue Uploads uploads,
    @DefaultValue Jobs jobs,
    @DefaultValue Inference inference,
    @DefaultValue Workers workers,
    @DefaultValue SecuritySettings security,
    @DefaultValue Vectors vectors,
    @DefaultValue Store store,
    @DefaultValue LimitSettings limits,
    @DefaultValue Graph graph,
    @DefaultValue MoneySettings money) {

  /// {@return the settings of environment and system properties, without a server}
  public static Settings fromEnvironment() {
    var environment = new StandardEnvironment();
    ConfigurationPropertySources.attach(environment);
    return Binder.get(environment).bindOrCreate("hartonomous", Settings.class);
  }

  /// What a bearer token must say.
  ///
  /// @param issuer claim `iss`
  /// @param audience claim `aud`
  /// @param clockSkew how far clocks may differ
  /// @param rolesClaim claim that holds the roles: its name, or a path with dots
  /// @param defaultRoles roles of a token without that claim
  /// @param types header `typ`: one of these, in any case; `absent` allows a token without it
  /// @param maxLifetime longest life of a token of the built-in issuer; a key that was replaced is
  ///   kept as long
  public record Tokens(
      @DefaultValue("hartonomous") String issuer,
      @DefaultValue("hartonomous-api") String audience,
      @DefaultValue("30s") Duration clockSkew,
      @DefaultValue("roles") String rolesClaim,
      @DefaultValue("user") List<String> defaultRoles,
      @DefaultValue({"JWT", "at+jwt"}) List<String> types,
      @DefaultValue("31d") Duration maxLifetime) {

    /// Copies the lists.
    public Tokens {
      defaultRoles = List.copyOf(defaultRoles);
      types = List.copyOf(types);
    }
  }

  /// Limits of an uploaded checkpoint.
  ///
  /// @param maxSize all files together
  /// @param maxFileSize one file
  /// @param maxFiles number of files
  /// @param maxBody any other request body
  /// @param maxSuite a capability suite
  /// @param maxCorpus a text
  public record Uploads(
      @DefaultValue("64GB") DataSize maxSize,
      @DefaultValue("32GB") DataSize maxFileSize,
      @DefaultValue("1000") int maxFiles,
      @DefaultValue("1MB") DataSize maxBody,
      @DefaultValue("64MB") DataSize maxSuite,
      @DefaultValue("4GB") DataSize maxCorpus) {}

  /// How long work runs.
  ///
  /// @param concurrent jobs at a time on this node; each holds whole models in memory
  /// @param concurrentPerUser jobs of one user at a time on all nodes
  /// @param queuedPerUser jobs of one user that may wait; more are refused
  /// @param memory what the jobs of this node may need together; three quarters of the heap if null
  /// @param lease how long a node may be silent before its jobs are taken over
  /// @param look how often a node looks for jobs and news of other nodes
  /// @param takeovers how often a job may be left by a node that died before it fails
  /// @param streams clients of this node that are told of jobs at a time
  /// @param streamsPerUser those of one user
  /// @param keep how long an ended job is kept
  public record Jobs(
      @DefaultValue("1") int concurrent,
      @DefaultValue("2") int concurrentPerUser,
      @DefaultValue("1000") int queuedPerUser,
      @Nullable DataSize memory,
      @DefaultValue("30s") Duration lease,
      @DefaultValue("1s") Duration look,
      @DefaultValue("10") int takeovers,
      @DefaultValue("1000") int streams,
      @DefaultValue("250") int streamsPerUser,
      @DefaultValue("30d") Duration keep) {

    /// {@return what the jobs of this node may need together}
    public long memoryBytes() {
      return memory == null ? Runtime.getRuntime().maxMemory() / 4 * 3 : memory.toBytes();
    }
  }

  /// How stored files are looked after.
  ///
  /// @param scrubEvery time from one reading of all stored files to the next
  /// @param keepDeleted how long the parts of deleted models stay in the database
  /// @param backupDir folder for backups of the running server, or null to make none
  public record Store(
      @DefaultValue("7d") Duration scrubEvery,
      @DefaultValue("30d") Duration keepDeleted,
      @Nullable Path backupDir) {}

  /// How deployed agents answer.
  ///
  /// @param sequences answers that grow side by side, of all agents together
  /// @param waiting requests that may wait for their turn; more are refused
  /// @param waitingEach how many of them may be of one payer
  /// @param cache most memory for what agents have read, the keys and values of attention
  /// @param loaded most agents held in memory
  /// @param memory most memory for their weights together; half of the heap if null
  /// @param transcoders most memory for transcoders that explain answers; an eighth of the heap if
  ///   null
  /// @param probes most memory for the probe spaces of agents, which embed texts; an eighth of the
  ///   heap if null
  /// @param threads how many compute; all processors if null
  /// @param idle how long nobody asks an agent before it leaves the memory; if null it stays until
  ///   another one needs its place
  /// @param weights number format of their weights in memory; those of the files if `stored`
  /// @param whole how long an answer that is not streamed may take
  public record Inference(
      @DefaultValue("64") int sequences,
      @DefaultValue("256") int waiting,
      @DefaultValue("64") int waitingEach,
      @DefaultValue("1GB") DataSize cache,
      @DefaultValue("8") int loaded,
      @Nullable DataSize memory,
      @Nullable DataSize transcoders,
      @Nullable DataSize probes,
      @Nullable Integer threads,
      @Nullable Duration idle,
      @DefaultValue("stored") ServingFormat weights,
      @DefaultValue("10m") Duration whole) {

    /// {@return how many threads compute}
    public int computing() {
      return threads == null ? Runtime.getRuntime().availableProcessors() : threads;
    }

    /// {@return most memory for the weights of all agents together}
    public long memoryBytes() {
      return bytes(memory, 2);
    }

    /// {@return most memory for transcoders that explain tokens, all together}
    public long transcoderBytes() {
      return bytes(transcoders, 8);
    }

    /// {@return most memory for probe spaces, all together}
    public long probeBytes() {
      return bytes(probes, 8);
    }

    private static long bytes(@Nullable DataSize told, int partOfHeap) {
      return told == null ? Runtime.getRuntime().maxMemory() / partOfHeap : told.toBytes();
    }
  }

  /// Processes that compute for deployed agents of type `worker`.
  ///
  /// @param most of them on this node; 0 for none
  /// @param heap of each: Java's heap, for weights and for what the agent has read
  /// @param threads how many compute in each; as many as in the server if null
  /// @param weights number format of the weights in their memory; that of the server if null
  /// @param start how long one may take until it answers
  /// @param pause before one that ended is started again; doubles each time, up to a minute
  public record Workers(
      @DefaultValue("4") int most,
      @DefaultValue("2GB") DataSize heap,
      @Nullable Integer threads,
      @Nullable ServingFormat weights,
      @DefaultValue("2m") Duration start,
      @DefaultValue("500ms") Duration pause) {}

  /// Where nearest vectors are found.
  ///
  /// @param folder of this node's index, below the data folder if null; two nodes that share a data
  ///   folder need one each
  /// @param poll how often the node looks for what other nodes have stored
  public record Vectors(@Nullable Path folder, @DefaultValue("500ms") Duration poll) {}

  /// Where the graph of features is kept.
  ///
  /// @param uri address of a Neo4j server, such as `bolt://graph:7687` or `neo4j+s://graph:7687`;
  ///   empty for the tables of the platform's own database
  /// @param username user of the server
  /// @param password its password; never logged or shown
  /// @param database database of the server; empty for the user's home database
  /// @param connections most connections
  /// @param connectWithin how long to wait for a connection
  /// @param retryWithin how long to try a transaction again
  public record Graph(
      @DefaultValue("") String uri,
      @DefaultValue("neo4j") String username,
      @DefaultValue("") String password,
      @DefaultValue("") String database,
      @DefaultValue("16") int connections,
      @DefaultValue("5s") Duration connectWithin,
      @DefaultValue("10s") Duration retryWithin) {

    /// {@return the settings without the password}
    @Override
    public String toString() {
      return "Graph[uri=%s, username=%s, database=%s]".formatted(uri, username, database);
    }
  }
}
