package ai.hartonomous.platform.capability;

import ai.hartonomous.distill.capability.CapabilitySuite;
import ai.hartonomous.platform.Settings;
import ai.hartonomous.platform.store.Folders;
import ai.hartonomous.platform.web.BodyLimit;
import ai.hartonomous.platform.web.Page;
import ai.hartonomous.platform.web.Problem;
import com.fasterxml.jackson.annotation.JsonRawValue;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.data.domain.Limit;
import org.springframework.stereotype.Service;
import org.springframework.transaction.support.TransactionTemplate;
import tools.jackson.databind.json.JsonMapper;

/// The capability suites of the user.
@Service
public class Suites {

  private static final String FILE = "suite.jsonl";

  private final SuiteRows rows;
  private final Folders folders;
  private final TransactionTemplate transaction;
  private final Settings settings;
  private final JsonMapper json;
  private final ApplicationEventPublisher events;

  Suites(
      SuiteRows rows,
      Folders folders,
      TransactionTemplate transaction,
      Settings settings,
      JsonMapper json,
      ApplicationEventPublisher events) {
    this.rows = rows;
    this.folders = folders;
    this.transaction = transaction;
    this.settings = settings;
    this.json = json;
    this.events = events;
  }

  /// {@return the file of a suite: JSON lines}
  ///
  /// @param field field of the request that names the suite, for the error
  /// @param name name of the suite
  /// @throws ai.hartonomous.platform.web.ProblemException if the user has no such suite
  public Path require(String field, String name) {
    return find(field, name).file();
  }

  /// A registered suite.
  ///
  /// @param id its id
  /// @param file its JSON lines
  public record Suite(UUID id, Path file) {}

  /// {@return a suite}
  ///
  /// @param field field of the request that names the suite, for the error
  /// @param name name of the suite
  /// @throws ai.hartonomous.platform.web.ProblemException if the user has no such suite
  public Suite find(String field, String name) {
    SuiteRow row =
        rows.findFirstByName(name)
            .orElseThrow(() -> Problem.invalid(field, "there is no suite '%s'".formatted(name)));
    return new Suite(row.getId(), folders.of(row.getId()).resolve(FILE));
  }

  /// Registers a suite from JSON lines: all of it, or nothing.
  SuiteView register(String name, InputStream body) throws IOException {
    refuseTaken(name);
    Path incoming = folders.create();
    try {
      Path file = incoming.resolve(FILE);
      Files.copy(new BodyLimit(body, settings.uploads().maxSuite().toBytes()), file);
      CapabilitySuite suite = CapabilitySuite.read(file);
      SuiteRow row = new SuiteRow();
      row.name = name;
      row.items = suite.items().size();
      row.capabilities = json.writeValueAsString(suite.capabilities());
      return keep(row, incoming);
    } finally {
      Folders.delete(incoming);
    }
  }

  private SuiteView keep(SuiteRow row, Path incoming) throws IOException {
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
    return SuiteView.of(row);
  }

  private void refuseTaken(String name) {
    if (rows.findFirstByName(name).isPresent()) {
      throw Problem.conflict("There is a suite '%s' already.".formatted(name));
    }
  }

  SuiteView get(UUID id) {
    return SuiteView.of(row(id));
  }

  Page<SuiteView> list(@Nullable String cursor, int limit) {
    var found = rows.page(Page.idAfter(cursor), Limit.of(Page.checkedLimit(limit) + 1));
    return Page.of(found, limit, SuiteView::of, SuiteRow::getId);
  }

  void delete(UUID id) throws IOException {
    SuiteRow row = row(id);
    folders.remove(
        id,
        () -> {
          rows.delete(row);
          events.publishEvent(new SuiteDeleted(id));
        });
  }

  private SuiteRow row(UUID id) {
    return rows.findById(id).orElseThrow(() -> Problem.notFound("capability suite", id));
  }

  /// A suite as the API shows it.
  ///
  /// @param id its id
  /// @param name what requests call it
  /// @param items number of items
  /// @param capabilities names of the capabilities in it
  /// @param sha256 hash of its file
  /// @param sizeBytes length of its file
  /// @param created when it was registered
  record SuiteView(
      UUID id,
      String name,
      int items,
      @JsonRawValue String capabilities,
      String sha256,
      long sizeBytes,
      Instant created) {

    static SuiteView of(SuiteRow row) {
      return new SuiteView(
          row.getId(),
          row.name,
          row.items,
          row.capabilities,
          row.sha256,
          row.sizeBytes,
          row.created());
    }
  }
}
