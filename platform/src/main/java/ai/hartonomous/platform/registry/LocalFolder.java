package ai.hartonomous.platform.registry;

import ai.hartonomous.platform.Settings;
import ai.hartonomous.platform.web.Problem;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/// A checkpoint below the folder that the server's owner configured for imports.
record LocalFolder(String path, Settings settings) implements ImportSource {

  @Override
  public Path writeTo(Path folder) throws IOException {
    Path source = source();
    if (Files.isRegularFile(source)) {
      Path file = folder.resolve(FileNames.checked(source.getFileName().toString()));
      Files.copy(source, file);
      return file;
    }
    List<Path> files;
    try (Stream<Path> found = Files.walk(source, 3)) {
      files =
          found
              .filter(file -> Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS))
              .limit(settings.uploads().maxFiles() + 1L)
              .toList();
    }
    if (files.size() > settings.uploads().maxFiles()) {
      throw Problem.tooLarge("The folder has more than %d files.".formatted(files.size() - 1));
    }
    for (Path file : files) {
      Path target = folder.resolve(source.relativize(file).toString());
      Files.createDirectories(target.getParent());
      Files.copy(file, target);
    }
    return folder;
  }

  private Path source() throws IOException {
    Path importDir = settings.importDir();
    if (importDir == null) {
      throw Problem.invalid("path", "this server has no import folder");
    }
    Path base = importDir.toRealPath();
    try {
      Path source = base.resolve(path).toRealPath();
      if (source.startsWith(base) && !source.equals(base)) {
        return source;
      }
    } catch (InvalidPathException | IOException _) {
      // Falls through: what does not exist and what is out of bounds look alike.
    }
    throw Problem.invalid("path", "is not a checkpoint in the import folder");
  }
}
