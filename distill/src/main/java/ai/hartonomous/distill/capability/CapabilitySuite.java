package ai.hartonomous.distill.capability;

import ai.hartonomous.distill.capability.CapabilityItem.Split;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
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
    for (CapabilityItem item : items) {
      if (!ids.add(item.id())) {
        throw new IllegalArgumentException("id \"" + item.id() + "\" occurs twice");
      }
    }
  }

  /// Reads a file.
  ///
  /// @param file JSON lines as the package describes; blank lines are skipped
  /// @return its items
  /// @throws SuiteException naming line and field, if the file is not a suite or over a limit
  /// @throws IOException if the file cannot be read
  public static CapabilitySuite read(Path file) throws IOException {
    List<CapabilityItem> items = new ArrayList<>();
    Set<String> ids = new HashSet<>();
    try (InputStream in = new BufferedInputStream(Files.newInputStream(file))) {
      int number = 1;
      for (byte[] line = line(in, file, number); line.length > 0; number++) {
        if (!new String(line, StandardCharsets.ISO_8859_1).isBlank()) {
          items.add(item(line, ids, file, number, items.size()));
        }
        line = line(in, file, number + 1);
      }
    }
    if (items.isEmpty()) {
      throw new SuiteException(file + ": expected at least one item, found none");
    }
    return new CapabilitySuite(items);
  }

  private static CapabilityItem item(
      byte[] line, Set<String> ids, Path file, int number, int before) throws SuiteException {
    String place = "%s line %d".formatted(file, number);
    if (before == MAX_ITEMS) {
      throw new SuiteException("%s: expected at most %d items".formatted(place, MAX_ITEMS));
    }
    CapabilityItem item = ItemJson.parse(line, place);
    if (!ids.add(item.id())) {
      throw new SuiteException(
          "%s: field \"id\": expected a new id, found \"%s\" again".formatted(place, item.id()));
    }
    return item;
  }

  /// {@return the next line with its line break; empty at the end of the file}
  private static byte[] line(InputStream in, Path file, int number) throws IOException {
    var line = new ByteArrayOutputStream();
    for (int next = in.read(); next >= 0; next = in.read()) {
      line.write(next);
      if (next == '\n') {
        break;
      }
      if (line.size() > MAX_LINE_BYTES) {
        throw new SuiteException(
            "%s line %d: expected at most %d bytes".formatted(file, number, MAX_LINE_BYTES));
      }
    }
    return line.toByteArray();
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
