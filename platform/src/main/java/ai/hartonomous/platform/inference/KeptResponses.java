package ai.hartonomous.platform.inference;

import ai.hartonomous.interpret.probe.Component;
import ai.hartonomous.interpret.probe.ProbeStore;
import ai.hartonomous.interpret.probe.ResponseMeter;
import ai.hartonomous.interpret.probe.Responses;
import ai.hartonomous.model.checkpoint.ContentHash;
import ai.hartonomous.model.transformer.Model;
import ai.hartonomous.platform.deployment.ProbeFolder;
import ai.hartonomous.tensor.Bf16Matrix;
import ai.hartonomous.tensor.GroupedMatrix;
import ai.hartonomous.tensor.Matrix;
import ai.hartonomous.tensor.Q4Matrix;
import ai.hartonomous.tensor.Q8Matrix;
import ai.hartonomous.tensor.Weight;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.util.FileSystemUtils;

/// Keeps on the disk what agents did on the probe texts, so that each version of an agent is
/// measured once. A {@link ProbeStore} for each stands in a folder whose name says what it follows
/// from: the agent's manifest, the texts, the method, and the number formats of the weights. What
/// is damaged, or of anything else, is passed over.
final class KeptResponses {

  private static final Logger LOG = LoggerFactory.getLogger(KeptResponses.class);

  /// Of a store, what is no number: far more than its names take.
  private static final long MOST_NAMES_EACH = 256;

  private static final long MOST_HEADER = 1 << 20;
  private static final int DIGITS = 16;

  private final ProbeFolder folder;

  /// @param folder where to keep
  KeptResponses(ProbeFolder folder) {
    this.folder = folder;
  }

  /// What responses follow from.
  ///
  /// @param manifest SHA-256 of the agent's manifest
  /// @param textsHash SHA-256 of the probe texts
  /// @param leading positions at the start of every text that do not count
  /// @param formats number format of each matrix in memory
  record Key(String manifest, String textsHash, int leading, String formats) {

    static Key of(String manifest, String textsHash, int leading, Model model) {
      var formats = new StringBuilder();
      var _ =
          model
              .weights()
              .withMatrices( // visits them all; the copy shares every number
                  matrix -> {
                    formats.append(format(matrix)).append(' ');
                    return matrix;
                  });
      return new Key(manifest, textsHash, leading, formats.toString());
    }

    private static String format(Weight matrix) {
      return switch (matrix) {
        case Matrix _ -> "f32";
        case GroupedMatrix _ -> "f32";
        case Bf16Matrix _ -> "bf16";
        case Q8Matrix _ -> "q8_0";
        case Q4Matrix _ -> "q4_0";
      };
    }

    private String name() {
      String rest = "%d %s %d %s".formatted(ResponseMeter.METHOD, textsHash, leading, formats);
      return manifest + "." + ContentHash.of(rest).substring(0, DIGITS);
    }
  }

  /// {@return responses that were measured before, or null if there are none that are sound}
  ///
  /// @param key what they follow from
  /// @param components that responded
  /// @param texts number of probe texts
  @Nullable Responses read(Key key, List<Component> components, int texts) {
    Path kept = folder.path() == null ? null : folder.path().resolve(key.name());
    if (kept == null || !Files.isDirectory(kept, LinkOption.NOFOLLOW_LINKS)) {
      return null;
    }
    long most = MOST_HEADER + components.size() * (MOST_NAMES_EACH + Float.BYTES * (long) texts);
    try {
      ProbeStore store = ProbeStore.read(kept, most);
      boolean same =
          store.modelHash().equals(key.manifest())
              && store.textsHash().equals(key.textsHash())
              && store.leading() == key.leading()
              && store.responses().texts() == texts
              && store.responses().components().equals(components)
              && isFinite(store.responses());
      if (same) {
        return store.responses();
      }
      LOG.warn("{} is of something else; the agent is measured again", kept);
    } catch (IOException e) {
      LOG.warn("{} is damaged; the agent is measured again: {}", kept, e.getMessage());
    }
    return null;
  }

  /// {@return whether all numbers are finite}
  static boolean isFinite(Responses responses) {
    for (float[] row : responses.values()) {
      for (float value : row) {
        if (!Float.isFinite(value)) {
          return false;
        }
      }
    }
    return true;
  }

  /// Keeps responses, in place of what is there. Another process sees the whole of them, or
  /// nothing. Where the disk refuses, they are not kept, and that stands in the log.
  ///
  /// @param key what they follow from
  /// @param responses what was measured
  void write(Key key, Responses responses) {
    Path parent = folder.path();
    if (parent == null) {
      return;
    }
    Path kept = parent.resolve(key.name());
    Path fresh = parent.resolve(".new-" + UUID.randomUUID());
    try {
      try {
        Files.createDirectories(parent);
        new ProbeStore("agent", key.manifest(), key.textsHash(), key.leading(), responses)
            .write(fresh);
        FileSystemUtils.deleteRecursively(kept);
        Files.move(fresh, kept, StandardCopyOption.ATOMIC_MOVE);
      } finally {
        FileSystemUtils.deleteRecursively(fresh);
      }
    } catch (IOException e) {
      LOG.warn("{} is not kept: {}", kept, e.getMessage());
    }
  }
}
