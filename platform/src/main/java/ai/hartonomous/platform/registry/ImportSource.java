package ai.hartonomous.platform.registry;

import java.io.IOException;
import java.nio.file.Path;

/// Where a checkpoint comes from.
@FunctionalInterface
interface ImportSource {

  /// Writes the checkpoint into an empty folder.
  ///
  /// @param folder receives the files
  /// @return what to open: the folder that holds the checkpoint, or its only file
  /// @throws IOException if the source ends early or the disk refuses
  Path writeTo(Path folder) throws IOException;
}
