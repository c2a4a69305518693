package ai.hartonomous.platform.database;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What the embedded database committed is there after signal 9: the reason for its version.
@Tag("slow")
class KilledCommitsIT {

  private static final int KILLS = 40;

  @TempDir private Path folder;

  @Test
  void fortyKillsLoseNoCommit() throws Exception {
    String url =
        "jdbc:h2:async:%s;DB_CLOSE_ON_EXIT=FALSE;WRITE_DELAY=0".formatted(folder.resolve("kept"));
    Path notes = folder.resolve("notes");
    var random = new SplittableRandom(1);
    for (int kill = 0; kill < KILLS; kill++) {
      Process writer =
          new ProcessBuilder(
                  Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                  "-cp",
                  System.getProperty("java.class.path"),
                  CommitWriter.class.getName(),
                  url,
                  notes.toString())
              .redirectErrorStream(true)
              .redirectOutput(folder.resolve("log").toFile())
              .start();
      Thread.sleep(random.nextInt(1_500, 4_000));
      assertThat(writer.isAlive()).as(Files.readString(folder.resolve("log"))).isTrue();
      writer.destroyForcibly().waitFor();
      compare(url, notes);
    }
  }

  private static void compare(String url, Path notes) throws Exception {
    Map<String, Character> noted = new HashMap<>();
    for (String line : Files.readAllLines(notes)) {
      noted.put(line.substring(1), line.charAt(0));
    }
    Set<String> there = there(url);
    Set<String> lost = new HashSet<>();
    Set<String> back = new HashSet<>();
    noted.forEach(
        (id, state) -> {
          if (state == '+' && !there.contains(id)) {
            lost.add(id);
          } else if (state == '-' && there.contains(id)) {
            back.add(id);
          }
        });
    System.out.printf("%d notes, %d lost, %d back%n", noted.size(), lost.size(), back.size());
    assertThat(noted).isNotEmpty();
    assertThat(lost).isEmpty();
    assertThat(back).isEmpty();
  }

  private static Set<String> there(String url) throws SQLException {
    Set<String> ids = new HashSet<>();
    try (Connection connection = DriverManager.getConnection(url);
        Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery("select id from note")) {
      while (rows.next()) {
        ids.add(rows.getString(1));
      }
    }
    return ids;
  }
}
