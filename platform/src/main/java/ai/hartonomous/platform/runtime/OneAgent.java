package ai.hartonomous.platform.runtime;

import ai.hartonomous.platform.deployment.AgentLease;
import ai.hartonomous.platform.deployment.AgentLoader;
import ai.hartonomous.platform.deployment.AgentSource;
import ai.hartonomous.platform.deployment.SealedFolder;
import ai.hartonomous.platform.deployment.ServedAgent;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;

/// The agent of a folder, in memory from begin to end.
final class OneAgent implements AgentSource {

  private final Entry entry;
  private final ServedAgent agent;
  private final String manifest;

  private OneAgent(Entry entry, ServedAgent agent, String manifest) {
    this.entry = entry;
    this.agent = agent;
    this.manifest = manifest;
  }

  /// {@return the agent of a folder that is as its manifest says}
  ///
  /// @throws IOException if it is not, or cannot be read
  static OneAgent read(RuntimeOptions options) throws IOException {
    Path folder = options.folder().toAbsolutePath().normalize();
    String manifest = SealedFolder.check(folder);
    RuntimeOptions.Agent called = options.agent();
    UUID id =
        Objects.requireNonNullElseGet(
            called.id(), () -> UUID.nameUUIDFromBytes(manifest.getBytes(StandardCharsets.UTF_8)));
    String name = Objects.requireNonNullElse(called.name(), folder.getFileName().toString());
    Instant created = Files.getLastModifiedTime(folder.resolve(AgentLoader.MANIFEST)).toInstant();
    ServedAgent agent = AgentLoader.load(id, folder, options.limits().weights());
    return new OneAgent(new Entry(id, name, created), agent, manifest);
  }

  ServedAgent agent() {
    return agent;
  }

  /// {@return SHA-256 of the manifest, hexadecimal}
  String manifest() {
    return manifest;
  }

  Entry entry() {
    return entry;
  }

  @Override
  public List<Entry> entries() {
    return List.of(entry);
  }

  @Override
  public Optional<Entry> entry(String model) {
    boolean meant = model.equals(entry.name()) || model.equals(entry.id().toString());
    return meant ? Optional.of(entry) : Optional.empty();
  }

  @Override
  public Optional<AgentLease> open(String model) {
    return entry(model).map(_ -> new AgentLease(agent, () -> {}));
  }
}
