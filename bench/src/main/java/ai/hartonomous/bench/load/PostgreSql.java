package ai.hartonomous.bench.load;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/// A PostgreSQL of this system's own programs (`initdb`, `pg_ctl`), with its files in a folder. It
/// is durable as it comes: `fsync` and `synchronous_commit` are on. As it refuses to run as root,
/// root starts it as the user `postgres`.
final class PostgreSql implements Database {
  private static final String USER = "hartonomous";
  private static final String SETTINGS =
      """
      listen_addresses = '127.0.0.1'
      unix_socket_directories = ''
      shared_buffers = 512MB
      max_wal_size = 4GB
      """;

  private final Path programs;
  private final Path cluster;
  private final int port;
  private boolean running;

  private PostgreSql(Path programs, Path cluster, int port) {
    this.programs = programs;
    this.cluster = cluster;
    this.port = port;
  }

  /// {@return a running one}
  ///
  /// @param cluster its files; made where the folder is not there
  /// @throws IOException if it is not installed or does not start
  /// @throws InterruptedException if the thread is interrupted
  static PostgreSql start(Path cluster) throws IOException, InterruptedException {
    var started = new PostgreSql(programs(), cluster.toAbsolutePath(), freePort());
    if (!Files.exists(cluster.resolve("PG_VERSION"))) {
      started.create();
    }
    String options = "-p " + started.port;
    String log = started.cluster.resolve("server.log").toString();
    started.run(
        "pg_ctl", "-D", started.cluster.toString(), "-w", "-l", log, "-o", options, "start");
    started.running = true;
    Runtime.getRuntime().addShutdownHook(new Thread(started::stop)); // if we are interrupted
    return started;
  }

  private void create() throws IOException, InterruptedException {
    Files.createDirectories(cluster);
    if (isRoot()) {
      Commands.run(List.of("chown", "postgres", cluster.toString()));
    }
    run("initdb", "-D", cluster.toString(), "-U", USER, "-A", "trust", "-E", "UTF8", "--locale=C");
    Files.writeString(cluster.resolve("postgresql.conf"), SETTINGS, StandardOpenOption.APPEND);
  }

  @Override
  public Map<String, String> settings() {
    return Map.of(
        "spring.datasource.url",
        "jdbc:postgresql://127.0.0.1:%d/postgres".formatted(port),
        "spring.datasource.username",
        USER);
  }

  @Override
  public Long cpuMillis() throws IOException {
    String pid = Files.readAllLines(cluster.resolve("postmaster.pid")).getFirst().strip();
    return Processes.familyCpuMillis(Long.parseLong(pid));
  }

  @Override
  public synchronized void close() throws IOException {
    if (!running) {
      return;
    }
    running = false;
    try {
      run("pg_ctl", "-D", cluster.toString(), "-w", "-m", "fast", "stop");
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("stopping PostgreSQL");
    }
  }

  private void stop() {
    try {
      close();
    } catch (IOException e) {
      System.err.println(e.getMessage());
    }
  }

  /// As `pg_ctl` leaves a process that keeps its output open, nobody reads it to its end here.
  private void run(String program, String... arguments) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    if (isRoot()) {
      command.addAll(List.of("runuser", "-u", "postgres", "--"));
    }
    command.add(programs.resolve(program).toString());
    command.addAll(List.of(arguments));
    Path said = Files.createTempFile("postgresql-", ".txt");
    try {
      Process process =
          new ProcessBuilder(command)
              .directory(cluster.toFile())
              .redirectErrorStream(true)
              .redirectOutput(said.toFile())
              .start();
      if (process.waitFor() != 0) {
        throw new IOException(program + " failed: " + Files.readString(said).strip());
      }
    } finally {
      Files.delete(said);
    }
  }

  private static boolean isRoot() {
    return System.getProperty("user.name").equals("root");
  }

  private static Path programs() throws IOException {
    return Commands.find("initdb", installed())
        .map(
            program -> {
              try {
                return program.toRealPath().getParent();
              } catch (IOException _) {
                return program.getParent();
              }
            })
        .orElseThrow(
            () ->
                new IOException(
                    "PostgreSQL is not installed (Debian: apt-get install postgresql); name a"
                        + " running one with --url"));
  }

  /// Debian's place, the newest version first.
  private static List<Path> installed() throws IOException {
    Path root = Path.of("/usr/lib/postgresql");
    if (!Files.isDirectory(root)) {
      return List.of();
    }
    try (Stream<Path> versions = Files.list(root)) {
      return versions.map(it -> it.resolve("bin")).sorted(Comparator.reverseOrder()).toList();
    }
  }

  private static int freePort() throws IOException {
    try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }
}
