package ai.hartonomous.platform.cli;

import ai.hartonomous.distill.Recipe;
import ai.hartonomous.distill.compare.Cell;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/// Finished cells of a comparison, one JSON line each: `source`, the name of the model's folder,
/// `objective`, what healing brought down, `heal`, the steps of each healing, and `cell`. A line
/// that was cut off while it was written is dropped.
final class CompareCells {
  private static final JsonMapper MAPPER = new JsonMapper();
  private static final String USUAL = Recipe.USUAL.step().objective().toString();

  private final @Nullable Path file;
  private final String source;
  private final String objective;
  private final List<Integer> heal;
  private final Map<Key, Cell> cells = new LinkedHashMap<>();

  /// What tells cells of one source and healing apart.
  record Key(String task, double share, String contender, long seed) {}

  /// One line.
  ///
  /// @param source name of the model's folder
  /// @param objective of the healing; null for the usual one
  /// @param heal steps of each healing
  /// @param cell what was measured
  record Line(String source, @Nullable String objective, List<Integer> heal, Cell cell) {

    boolean is(String otherSource, String otherObjective, List<Integer> otherHeal) {
      String own = objective == null ? USUAL : objective;
      boolean healed = heal.stream().anyMatch(steps -> steps > 0);
      return source.equals(otherSource)
          && heal.equals(otherHeal)
          && (!healed || own.equals(otherObjective));
    }
  }

  private CompareCells(@Nullable Path file, String source, String objective, List<Integer> heal) {
    this.file = file;
    this.source = source;
    this.objective = objective;
    this.heal = List.copyOf(heal);
  }

  /// Reads what is there.
  ///
  /// @param file where cells are kept, or null to keep them in memory only
  static CompareCells open(@Nullable Path file, String source, String objective, List<Integer> heal)
      throws IOException {
    var cells = new CompareCells(file, source, objective, heal);
    if (file == null || !Files.exists(file)) {
      return cells;
    }
    String text = Files.readString(file);
    int end = text.lastIndexOf('\n') + 1;
    if (end < text.length()) {
      Files.writeString(file, text.substring(0, end));
    }
    int number = 0;
    for (String line : text.substring(0, end).lines().toList()) {
      number++;
      Line read = parse(file, number, line);
      if (read.is(source, objective, cells.heal)) {
        cells.cells.put(key(read.cell()), read.cell());
      }
    }
    return cells;
  }

  private static Line parse(Path file, int number, String line) throws IOException {
    try {
      Line read = MAPPER.readValue(line, Line.class);
      Cell cell = read.cell();
      for (Object part : new Object[] {read.source(), read.heal(), cell}) {
        Objects.requireNonNull(part);
      }
      for (Object part : new Object[] {cell.sizes(), cell.source(), cell.cut(), cell.task()}) {
        Objects.requireNonNull(part);
      }
      return read;
    } catch (JacksonException | NullPointerException e) {
      throw new IOException(
          "%s line %d: expected a cell of a comparison, found %s"
              .formatted(file, number, line.substring(0, Math.min(60, line.length()))),
          e);
    }
  }

  boolean has(Key key) {
    return cells.containsKey(key);
  }

  void add(Cell cell) throws IOException {
    cells.put(key(cell), cell);
    if (file != null) {
      String line = MAPPER.writeValueAsString(new Line(source, objective, heal, cell)) + "\n";
      Files.writeString(file, line, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    }
  }

  /// {@return the cells of some keys, as far as they are there, in this order}
  List<Cell> chosen(List<Key> keys) {
    List<Cell> chosen = new ArrayList<>();
    for (Key key : keys) {
      Cell cell = cells.get(key);
      if (cell != null) {
        chosen.add(cell);
      }
    }
    return chosen;
  }

  static Key key(Cell cell) {
    return new Key(cell.task(), cell.share(), cell.contender(), cell.seed());
  }
}
