package ai.hartonomous.distill.work;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;

/// The finished stages of one distillation on disk. Used by one thread; locked against other
/// processes while it is open. The package describes the files.
public final class WorkFolder implements AutoCloseable {
  private static final String SUFFIX = ".stage";
  private static final String REQUEST = "request";
  private static final String LOCK = "lock";

  private final Path folder;
  private final Instant created;
  private final Consumer<String> notices;
  private final FileChannel lock;
  private final Arena arena = Arena.ofShared();

  /// What a distillation is about.
  ///
  /// @param fields name and value of everything that decides the result
  /// @param created when it was first asked for
  public record Request(Map<String, String> fields, Instant created) {

    /// Copies the fields.
    public Request {
      fields = Map.copyOf(fields);
    }
  }

  /// The work of a stage.
  ///
  /// @param <T> its result
  @FunctionalInterface
  public interface Work<T> {

    /// {@return the result}
    ///
    /// @throws IOException if a file is not as hoped
    /// @throws InterruptedException if the thread was interrupted
    T run() throws IOException, InterruptedException;
  }

  /// Reads the items of a stage.
  ///
  /// @param <T> what comes of them
  @FunctionalInterface
  public interface Reader<T> {

    /// {@return what was kept}
    ///
    /// @param in the items after the first
    /// @throws IOException if they are not what was expected
    T read(StageInput in) throws IOException;
  }

  /// Writes the items of a stage.
  @FunctionalInterface
  public interface Writer {

    /// Writes them.
    ///
    /// @param out where to
    /// @throws IOException if the disk refuses
    /// @throws InterruptedException if the thread was interrupted
    void write(StageOutput out) throws IOException, InterruptedException;
  }

  private WorkFolder(Path folder, Instant created, Consumer<String> notices, FileChannel lock) {
    this.folder = folder;
    this.created = created;
    this.notices = notices;
    this.lock = lock;
  }

  /// Opens the folder of a request: a new one, or one that the same request has left.
  ///
  /// @param folder made where missing
  /// @param request what is distilled; its time counts only for a new folder
  /// @param notices told when a damaged stage has to be done again
  /// @return the folder; closed by the caller
  /// @throws WorkFolderException if it belongs to another request or to something else, its
  ///   description is damaged, or another process works in it
  /// @throws IOException if the disk refuses
  /// @throws InterruptedException if the thread was interrupted
  public static WorkFolder open(Path folder, Request request, Consumer<String> notices)
      throws IOException, InterruptedException {
    Path absolute = folder.toAbsolutePath().normalize();
    refuseForeign(absolute);
    Files.createDirectories(absolute);
    FileChannel lock = Disk.lock(absolute.resolve(LOCK));
    try {
      Instant created = agree(absolute, request);
      var work = new WorkFolder(absolute, created, notices, lock);
      work.sweep();
      return work;
    } catch (IOException | InterruptedException | RuntimeException e) {
      lock.close();
      throw e;
    }
  }

  /// Deletes a work folder, of whatever request; does nothing where there is none.
  ///
  /// @param folder the folder
  /// @throws WorkFolderException if it is something else, or a process works in it
  /// @throws IOException if the disk refuses
  public static void delete(Path folder) throws IOException {
    Path absolute = folder.toAbsolutePath().normalize();
    clearRemains(absolute);
    if (!Files.exists(absolute)) {
      return;
    }
    refuseForeign(absolute);
    try (FileChannel _ = Disk.lock(absolute.resolve(LOCK))) {
      Path condemned = condemned(absolute);
      Files.move(absolute, condemned, StandardCopyOption.ATOMIC_MOVE);
      Disk.delete(condemned);
    }
  }

  /// Deletes what was left of a folder whose removal was cut short.
  ///
  /// @param folder where the folder was
  /// @throws IOException if the disk refuses
  public static void clearRemains(Path folder) throws IOException {
    Disk.delete(condemned(folder.toAbsolutePath().normalize()));
  }

  private static Path condemned(Path folder) {
    return folder.resolveSibling("." + folder.getFileName() + ".removed");
  }

  private static void refuseForeign(Path folder) throws IOException {
    if (!Files.exists(folder)) {
      return;
    }
    if (!Files.isDirectory(folder)) {
      throw new WorkFolderException(folder, "start", "a work folder", "a file");
    }
    if (Files.exists(stage(folder, REQUEST))) {
      return;
    }
    for (Path file : Disk.list(folder)) {
      String name = file.getFileName().toString();
      if (!name.equals(LOCK) && !name.equals(REQUEST + SUFFIX + Disk.PART)) {
        throw new WorkFolderException(folder, "start", "a work folder", "a folder with " + name);
      }
    }
  }

  /// {@return the time the folder was begun, after a check that it belongs to the request}
  private static Instant agree(Path folder, Request request)
      throws IOException, InterruptedException {
    Path file = stage(folder, REQUEST);
    if (!Files.exists(file)) {
      Disk.write(file, out -> describe(request, out));
      return request.created();
    }
    try (Arena mapped = Arena.ofConfined()) {
      StageInput in = StageInput.open(file, mapped);
      in.text();
      Instant created = Instant.parse(in.text());
      Map<String, String> found = new TreeMap<>();
      while (!in.isAtEnd()) {
        found.put(in.text(), in.text());
      }
      compare(file, request.fields(), found);
      return created;
    }
  }

  private static void describe(Request request, StageOutput out) throws IOException {
    out.text(REQUEST);
    out.text(request.created().toString());
    for (Map.Entry<String, String> field : new TreeMap<>(request.fields()).entrySet()) {
      out.text(field.getKey());
      out.text(field.getValue());
    }
  }

  private static void compare(Path file, Map<String, String> wanted, Map<String, String> found)
      throws WorkFolderException {
    var names = new TreeSet<>(wanted.keySet());
    names.addAll(found.keySet());
    for (String name : names) {
      String here = wanted.getOrDefault(name, "nothing");
      String there = found.getOrDefault(name, "nothing");
      if (!here.equals(there)) {
        throw new WorkFolderException(
            file, name, here + " as in this request", there + ": it belongs to another request");
      }
    }
  }

  /// {@return when the distillation was first asked for}
  public Instant created() {
    return created;
  }

  /// {@return a place in the folder for something in the making; gone when the folder is opened
  /// again}
  ///
  /// @param name not the name of a stage file
  public Path temporary(String name) {
    return folder.resolve(name);
  }

  /// Does a stage, unless its result is there.
  ///
  /// @param <T> the result
  /// @param name name of the stage
  /// @param inputs what it is made from; a result of other inputs is not used
  /// @param format how the result is kept
  /// @param work does it
  /// @return the result
  /// @throws IOException if the disk refuses
  /// @throws InterruptedException if the work was interrupted
  public <T> T stage(String name, String inputs, StageFormat<T> format, Work<T> work)
      throws IOException, InterruptedException {
    Optional<T> kept = read(name, inputs, format::read);
    if (kept.isPresent()) {
      return kept.get();
    }
    T result = work.run();
    write(name, inputs, out -> format.write(result, out));
    return result;
  }

  /// Reads what a stage left.
  ///
  /// @param <T> what comes of it
  /// @param name name of the stage
  /// @param inputs what it must have been made from
  /// @param reader reads it; whatever it maps stays readable until the folder is closed
  /// @return empty where there is none, or one that is damaged or made from something else
  /// @throws IOException if the disk refuses
  public <T> Optional<T> read(String name, String inputs, Reader<T> reader) throws IOException {
    Path file = stage(folder, name);
    if (!Files.exists(file)) {
      return Optional.empty();
    }
    try {
      StageInput in = StageInput.open(file, arena);
      String found = in.text();
      if (!found.equals(inputs)) {
        throw in.fault(0, "inputs " + inputs, "inputs " + found);
      }
      T result = reader.read(in);
      if (!in.isAtEnd()) {
        throw in.fault(0, "fewer items", "more");
      }
      return Optional.of(result);
    } catch (WorkFolderException e) {
      notices.accept(
          "doing stage %s again, since its file is damaged: at %s expected %s, found %s"
              .formatted(name, e.place(), e.expected(), e.found()));
      return Optional.empty();
    }
  }

  /// Keeps what a stage left, in place of what it left before.
  ///
  /// @param name name of the stage
  /// @param inputs what it was made from
  /// @param writer writes it
  /// @throws IOException if the disk refuses; the former file is then untouched
  /// @throws InterruptedException if the writer was interrupted; the former file is then untouched
  public void write(String name, String inputs, Writer writer)
      throws IOException, InterruptedException {
    Disk.write(
        stage(folder, name),
        out -> {
          out.text(inputs);
          writer.write(out);
        });
  }

  /// Forgets a stage; does nothing where there is none.
  ///
  /// @param name name of the stage
  /// @throws IOException if the disk refuses
  public void drop(String name) throws IOException {
    Files.deleteIfExists(stage(folder, name));
  }

  /// Closes the folder and deletes it.
  ///
  /// @throws IOException if the disk refuses
  public void remove() throws IOException {
    arena.close();
    Path condemned = condemned(folder);
    Disk.delete(condemned);
    Files.move(folder, condemned, StandardCopyOption.ATOMIC_MOVE);
    Disk.delete(condemned);
  }

  /// Ends every view of the stages; the files stay.
  @Override
  public void close() throws IOException {
    if (arena.scope().isAlive()) {
      arena.close();
    }
    lock.close();
  }

  private static Path stage(Path folder, String name) {
    return folder.resolve(name + SUFFIX);
  }

  /// Removes what was in the making when the folder was left.
  private void sweep() throws IOException {
    for (Path file : Disk.list(folder)) {
      String name = file.getFileName().toString();
      if (!name.equals(LOCK) && !name.endsWith(SUFFIX)) {
        Disk.delete(file);
      }
    }
  }
}
