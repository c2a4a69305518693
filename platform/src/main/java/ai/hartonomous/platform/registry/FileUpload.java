package ai.hartonomous.platform.registry;

import ai.hartonomous.platform.Settings;
import ai.hartonomous.platform.web.BodyLimit;
import ai.hartonomous.platform.web.Problem;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;

/// A checkpoint of a single file, read as it arrives.
record FileUpload(InputStream body, String filename, Settings.Uploads limits)
    implements ImportSource {

  @Override
  public Path writeTo(Path folder) throws IOException {
    Path file = folder.resolve(FileNames.checked(filename));
    long size = Files.copy(new BodyLimit(body, limits.maxFileSize().toBytes()), file);
    if (size == 0) {
      throw Problem.unprocessable("checkpoint", "The file is empty.");
    }
    return file;
  }
}
