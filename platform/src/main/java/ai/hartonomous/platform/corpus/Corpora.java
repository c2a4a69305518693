package ai.hartonomous.platform.corpus;

import ai.hartonomous.platform.Settings;
import ai.hartonomous.platform.store.Folders;
import ai.hartonomous.platform.web.BodyLimit;
import ai.hartonomous.platform.web.Page;
import ai.hartonomous.platform.web.Problem;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.data.domain.Limit;
import org.springframework.stereotype.Service;
import org.springframework.transaction.support.TransactionTemplate;

/// The texts of the user.
@Service
public class Corpora {

  private final CorpusRows rows;
  private final Folders folders;
  private final TransactionTemplate transaction;
  private final Settings settings;

  Corpora(CorpusRows rows, Folders folders, TransactionTemplate transaction, Settings settings) {
    this.rows = rows;
    this.folders = folders;
    this.transaction = transaction;
    this.settings = settings;
  }

  /// {@return the file of a text: plain, or JSON lines with the text in field `text` if it ends in
  /// `.jsonl`}
  ///
  /// @param field field of the request that names the text, for the error
  /// @param id its id
  /// @throws ai.hartonomous.platform.web.ProblemException if the user has no such text
  public Path require(String field, UUID id) {
    CorpusRow row =
        rows.findById(id)
            .orElseThrow(() -> Problem.invalid(field, "there is no corpus %s".formatted(id)));
    return folders.of(id).resolve(row.file);
  }

  /// Registers a text: all of it, or nothing.
  ///
  /// @param name what requests call it
  /// @param file name of the file, `corpus.txt` or `corpus.jsonl`
  /// @param body its bytes, UTF-8
  CorpusView register(String name, String file, InputStream body) throws IOException {
    refuseTaken(name);
    Path incoming = folders.create();
    try {
      Path text = incoming.resolve(file);
      Files.copy(new BodyLimit(body, settings.uploads().maxCorpus().toBytes()), text);
      refuseUnreadable(text);
      CorpusRow row = new CorpusRow();
      row.name = name;
      row.file = file;
      return keep(row, incoming);
    } finally {
      Folders.delete(incoming);
    }
  }

  /// Reads the text once, as a stream.
  private static void refuseUnreadable(Path text) throws IOException {
    char[] chunk = new char[1 << 14];
    long characters = 0;
    // A reader of Files reports bytes that are not UTF-8; others replace them.
    try (var reader = Files.newBufferedReader(text, StandardCharsets.UTF_8)) {
      for (int read = reader.read(chunk); read >= 0; read = reader.read(chunk)) {
        characters += read;
      }
    } catch (CharacterCodingException _) {
      throw Problem.unprocessable(
          "corpus", "After %d characters the text is not UTF-8.".formatted(characters));
    }
    if (characters == 0) {
      throw Problem.unprocessable("corpus", "The text is empty.");
    }
  }

  private CorpusView keep(CorpusRow row, Path incoming) throws IOException {
    folders.keep(
        row.getId(),
        incoming,
        binaries -> {
          row.sha256 = binaries.getFirst().sha256();
          row.sizeBytes = binaries.getFirst().sizeBytes();
          transaction.executeWithoutResult(
              _ -> {
                refuseTaken(row.name);
                rows.save(row);
              });
        });
    return CorpusView.of(row);
  }

  private void refuseTaken(String name) {
    if (rows.findFirstByName(name).isPresent()) {
      throw Problem.conflict("There is a corpus '%s' already.".formatted(name));
    }
  }

  CorpusView get(UUID id) {
    return CorpusView.of(row(id));
  }

  Page<CorpusView> list(@Nullable String cursor, int limit) {
    var found = rows.page(Page.idAfter(cursor), Limit.of(Page.checkedLimit(limit) + 1));
    return Page.of(found, limit, CorpusView::of, CorpusRow::getId);
  }

  void delete(UUID id) throws IOException {
    CorpusRow row = row(id);
    folders.remove(id, () -> rows.delete(row));
  }

  private CorpusRow row(UUID id) {
    return rows.findById(id).orElseThrow(() -> Problem.notFound("corpus", id));
  }

  /// A text as the API shows it.
  ///
  /// @param id its id
  /// @param name what its owner calls it
  /// @param file name of its file
  /// @param sha256 hash of its file
  /// @param sizeBytes length of its file
  /// @param created when it was registered
  record CorpusView(
      UUID id, String name, String file, String sha256, long sizeBytes, Instant created) {

    static CorpusView of(CorpusRow row) {
      return new CorpusView(
          row.getId(), row.name, row.file, row.sha256, row.sizeBytes, row.created());
    }
  }
}
