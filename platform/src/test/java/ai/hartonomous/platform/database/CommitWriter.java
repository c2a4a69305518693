package ai.hartonomous.platform.database;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayDeque;
import java.util.SplittableRandom;

/// A process that commits until it is killed, and notes what was committed: `+id` after an insert,
/// `?id` before a delete, `-id` after it.
final class CommitWriter {

  private static final int WRITERS = 6;
  private static final int KEPT = 5;
  private static final int CHILDREN = 30;
  private static final int LARGE_ROWS = 1_500;

  private final String url;
  private final Path notes;
  private final String run;

  private CommitWriter(String url, Path notes) {
    this.url = url;
    this.notes = notes;
    run = Long.toString(System.nanoTime());
  }

  private interface Work {
    void run(Connection connection) throws SQLException, InterruptedException;
  }

  /// Begins.
  ///
  /// @param arguments the database's URL and the file of the notes
  public static void main(String... arguments) throws SQLException, InterruptedException {
    var writer = new CommitWriter(arguments[0], Path.of(arguments[1]));
    try (Connection connection = DriverManager.getConnection(writer.url);
        Statement statement = connection.createStatement()) {
      statement.execute("create table if not exists note (id varchar(60) primary key, text clob)");
      statement.execute(
          "create table if not exists child (id identity, note varchar(60), text varchar(200))");
      statement.execute("create index if not exists child_note on child (note)");
      statement.execute("create table if not exists large (id identity, text varchar(2000))");
      for (int i = 0; i < WRITERS; i++) {
        int number = i;
        writer.start(it -> writer.notes(it, number));
      }
      writer.start(CommitWriter::large);
      Thread.currentThread().join();
    }
  }

  private void start(Work work) {
    Thread.ofPlatform()
        .start(
            () -> {
              try (Connection connection = DriverManager.getConnection(url)) {
                connection.setAutoCommit(false);
                work.run(connection);
              } catch (SQLException e) {
                throw new IllegalStateException(e);
              } catch (InterruptedException _) {
                Thread.currentThread().interrupt();
              }
            });
  }

  private synchronized void note(String line) {
    try {
      byte[] bytes = (line + "\n").getBytes(StandardCharsets.UTF_8);
      Files.write(notes, bytes, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void notes(Connection connection, int writer) throws SQLException, InterruptedException {
    var random = new SplittableRandom(writer);
    var mine = new ArrayDeque<String>();
    try (PreparedStatement insert = connection.prepareStatement("insert into note values (?, ?)");
        PreparedStatement child =
            connection.prepareStatement("insert into child (note, text) values (?, ?)");
        PreparedStatement orphan = connection.prepareStatement("delete from child where note = ?");
        PreparedStatement delete = connection.prepareStatement("delete from note where id = ?")) {
      for (int i = 0; true; i++) {
        String id = "%s-%d-%d".formatted(run, writer, i);
        insert.setString(1, id);
        insert.setString(2, "z".repeat(random.nextInt(10) == 0 ? 20_000 : 300));
        insert.executeUpdate();
        for (int c = 0; c < CHILDREN; c++) {
          child.setString(1, id);
          child.setString(2, "c".repeat(100));
          child.addBatch();
        }
        child.executeBatch();
        connection.commit();
        note("+" + id);
        mine.add(id);
        if (mine.size() > KEPT) {
          String oldest = mine.remove();
          note("?" + oldest);
          orphan.setString(1, oldest);
          orphan.executeUpdate();
          delete.setString(1, oldest);
          delete.executeUpdate();
          connection.commit();
          note("-" + oldest);
        }
        Thread.sleep(random.nextInt(20));
      }
    }
  }

  /// So much at a time that the database writes before the commit.
  private static void large(Connection connection) throws SQLException, InterruptedException {
    try (PreparedStatement insert =
            connection.prepareStatement("insert into large (text) values (?)");
        Statement delete = connection.createStatement()) {
      while (true) {
        for (int i = 0; i < LARGE_ROWS; i++) {
          insert.setString(1, "y".repeat(1_500));
          insert.addBatch();
        }
        insert.executeBatch();
        connection.commit();
        Thread.sleep(300);
        delete.execute("delete from large");
        connection.commit();
        Thread.sleep(200);
      }
    }
  }
}
