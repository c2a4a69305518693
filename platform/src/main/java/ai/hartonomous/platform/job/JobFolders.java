package ai.hartonomous.platform.job;

import ai.hartonomous.platform.store.Folders;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Comparator;
import java.util.List;
import java.util.UUID;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.springframework.stereotype.Component;

/// What unfinished jobs keep to go on with: `work/<job>/<epoch>`. Each start of a job moves what
/// the last one left to its own place, so a run that has lost its job writes to a folder that is
/// gone.
@Component
class JobFolders {

  private static final Pattern EPOCH = Pattern.compile("\\d{1,9}");

  private final Folders folders;

  JobFolders(Folders folders) {
    this.folders = folders;
  }

  /// {@return the folder of this start of a job, with what earlier ones left, or not there yet}
  ///
  /// @throws IOException if the disk refuses
  Path adopt(JobLease lease) throws IOException {
    Path all = Files.createDirectories(folders.work(lease.job()));
    Path mine = all.resolve("" + lease.epoch());
    List<Path> left = epochs(all);
    if (!left.isEmpty() && !left.getLast().equals(mine)) {
      Files.move(left.getLast(), mine, StandardCopyOption.ATOMIC_MOVE);
    }
    return mine;
  }

  /// Puts aside what a start of a job adopted and cannot use.
  ///
  /// @throws IOException if the disk refuses
  void refuse(JobLease lease) throws IOException {
    Path mine = folders.work(lease.job()).resolve("" + lease.epoch());
    if (Files.exists(mine)) {
      Files.move(mine, mine.resolveSibling("refused-" + UUID.randomUUID()));
    }
  }

  /// Removes what an ended job kept.
  ///
  /// @throws IOException if the disk refuses
  void forget(UUID job) throws IOException {
    Folders.delete(folders.work(job));
  }

  /// {@return the jobs that keep something}
  ///
  /// @throws IOException if the disk refuses
  List<UUID> jobs() throws IOException {
    try (Stream<Path> files = Files.list(folders.work())) {
      return files.map(file -> UUID.fromString(file.getFileName().toString())).toList();
    }
  }

  private static List<Path> epochs(Path all) throws IOException {
    try (Stream<Path> files = Files.list(all)) {
      return files
          .filter(file -> EPOCH.matcher(file.getFileName().toString()).matches())
          .sorted(Comparator.comparingInt(JobFolders::epoch))
          .toList();
    }
  }

  private static int epoch(Path folder) {
    return Integer.parseInt(folder.getFileName().toString());
  }
}
