package ai.hartonomous.distill.capability;

import ai.hartonomous.distill.capability.CapabilityItem.Split;
import ai.hartonomous.distill.capability.SuiteLines.Line;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// Questions with their answers, of one or more capabilities.
///
/// @param items the questions, in the order of the file; ids are unique
public record CapabilitySuite(List<CapabilityItem> items) {
  /// Longest line of a file, in bytes.
  public static final int MAX_LINE_BYTES = 65_536;

  /// Most items of a file.
  public static final int MAX_ITEMS = 100_000;

  /// Copies the list.
  ///
  /// @throws IllegalArgumentException if it is empty or an id occurs twice
  public CapabilitySuite {
    items = List.copyOf(items);
    if (items.isEmpty()) {
      throw new IllegalArgumentException("a suite needs at least one item");
    }
    Set<String> ids = new HashSet<>();
    Map<String, Task> first = new HashMap<>();
    for (CapabilityItem item : items) {
      if (!ids.add(item.id())) {
        throw new IllegalArgumentException("id \"" + item.id() + "\" occurs twice");
      }
      requireSame(first, item);
    }
  }

  /// Refuses a capability with items that cannot be counted together.
  private static void requireSame(Map<String, Task> first, CapabilityItem item) {
    Task before = first.putIfAbsent(item.capability(), item.task());
    String expected = before == null ? kind(item.task()) : kind(before);
    if (!expected.equals(kind(item.task()))) {
      throw new IllegalArgumentException(
          "capability \"%s\": expected items of one kind, %s, found %s"
              .formatted(item.capability(), expected, kind(item.task())));
    }
  }

  private static String kind(Task task) {
    return task.kind() + " by " + task.metric().label();
  }

  /// Reads a file.
  ///
  /// @param file JSON lines as the package describes; blank lines are skipped
  /// @return its items
  /// @throws SuiteException naming line and field, if the file is not a suite or over a limit
  /// @throws IOException if the file cannot be read
  public static CapabilitySuite read(Path file) throws IOException {
    List<CapabilityItem> items = new ArrayList<>();
    var read = new Read(new HashSet<>(), new HashMap<>());
    try (SuiteLines lines = SuiteLines.open(file)) {
      for (Optional<Line> line = lines.next(); line.isPresent(); line = lines.next()) {
        items.add(item(line.get(), read, items.size()));
      }
    }
    if (items.isEmpty()) {
      throw new SuiteException(file + ": expected at least one item, found none");
    }
    return new CapabilitySuite(items);
  }

  /// What is known of a file while it is read.
  private record Read(Set<String> ids, Map<String, Task> first) {}

  private static CapabilityItem item(Line line, Read read, int before) throws SuiteException {
    String place = line.place();
    if (before == MAX_ITEMS) {
      throw new SuiteException("%s: expected at most %d items".formatted(place, MAX_ITEMS));
    }
    CapabilityItem item = ItemJson.parse(line.text(), place);
    if (!read.ids().add(item.id())) {
      throw new SuiteException(
          "%s: field \"id\": expected a new id, found \"%s\" again".formatted(place, item.id()));
    }
    try {
      requireSame(read.first(), item);
    } catch (IllegalArgumentException e) {
      throw new SuiteException(place + ": " + e.getMessage());
    }
    return item;
  }

  /// Writes a file that {@link #read} reads back, every item with its split.
  ///
  /// @param file new or overwritten
  /// @throws IOException if the file cannot be written
  public void write(Path file) throws IOException {
    var text = new StringBuilder();
    for (CapabilityItem item : items) {
      text.append(ItemJson.format(item)).append('\n');
    }
    Files.writeString(file, text);
  }

  /// {@return the items of one part, in order}
  ///
  /// @param split the part
  public List<CapabilityItem> items(Split split) {
    return items.stream().filter(item -> item.split() == split).toList();
  }

  /// {@return the names of the capabilities, in the order of their first item}
  public List<String> capabilities() {
    return items.stream().map(CapabilityItem::capability).distinct().toList();
  }

  /// {@return SHA-256 over the items in their written form, 64 hexadecimal digits; it does not
  /// depend on how the file they came from was laid out}
  public String contentHash() {
    return Digests.hash(items.stream().map(ItemJson::format).toList());
  }
}
