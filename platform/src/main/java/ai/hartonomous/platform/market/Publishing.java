package ai.hartonomous.platform.market;

import ai.hartonomous.platform.agent.Agents;
import ai.hartonomous.platform.agent.Agents.ReadyAgent;
import ai.hartonomous.platform.market.Listing.Access;
import ai.hartonomous.platform.market.Listing.Cost;
import ai.hartonomous.platform.market.Listing.State;
import ai.hartonomous.platform.market.Listing.Text;
import ai.hartonomous.platform.market.Publishers.Publisher;
import ai.hartonomous.platform.money.Offers;
import ai.hartonomous.platform.money.Rates;
import ai.hartonomous.platform.store.Folders;
import ai.hartonomous.platform.tenant.Columns;
import ai.hartonomous.platform.tenant.Tenant;
import ai.hartonomous.platform.web.Problem;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.UUID;
import java.util.stream.Stream;
import org.springframework.dao.DuplicateKeyException;
import org.springframework.stereotype.Service;

/// Publishes agents: each version once, and only if its manifest holds, what it was to keep was
/// kept, and all licences permit it. A listing has files of its own (hard links to the same
/// contents), so whatever becomes of the agent, buyers keep what they subscribed to.
@Service
class Publishing {

  private static final int TRIES = 5;

  private final Agents agents;
  private final Folders folders;
  private final Publishers publishers;
  private final ListingRows rows;
  private final Offers offers;

  Publishing(
      Agents agents, Folders folders, Publishers publishers, ListingRows rows, Offers offers) {
    this.agents = agents;
    this.folders = folders;
    this.publishers = publishers;
    this.rows = rows;
    this.offers = offers;
  }

  /// What to publish.
  ///
  /// @param agentId the agent
  /// @param name of the listing, in the publisher's own
  /// @param text what to say about it; without a card it is the agent's own model card
  /// @param access who may see it
  /// @param currency ISO 4217
  /// @param rates what it costs; no charges and no minimum give it away
  record Order(UUID agentId, String name, Text text, Access access, String currency, Rates rates) {}

  /// {@return the id of the new listing}
  ///
  /// @throws ai.hartonomous.platform.web.ProblemException with status 404 if the user has no such
  ///   agent, 409 if it is published already, 422 if it may not be published
  /// @throws IOException if a file cannot be read
  UUID publish(Order order) throws IOException {
    ReadyAgent agent = agents.require(order.agentId());
    Publisher publisher =
        publishers
            .ofUser(Tenant.current())
            .orElseThrow(
                () ->
                    Problem.unprocessable(
                        "no-publisher",
                        "Say first under which name you publish: PUT /v1/market/publisher."));
    BigDecimal reference = order.rates().reference(order.currency());
    PackedAgent packed = PackedAgent.open(agent.folder());
    Figures figures = packed.figures();
    Admission.requireContract(figures);
    String licence = Admission.licence(packed.licences(), order.rates().isFree());
    Text text = order.text();
    if (text.card().isEmpty()) {
      text = new Text(text.title(), text.summary(), packed.readme());
    }
    var draft = new Draft(publisher.handle(), text, figures, licence, reference);
    for (int attempt = 1; ; attempt++) {
      requireNew(publisher.handle(), order.name(), packed.manifestHash());
      Listing listing = listing(order, draft, packed.manifestHash());
      try {
        keep(listing, order.rates(), packed.folder());
        return listing.id();
      } catch (DuplicateKeyException e) { // another version of the name came at the same time
        if (attempt == TRIES) {
          throw e;
        }
      }
    }
  }

  /// What was found out about an agent before it is published.
  private record Draft(
      String publisher, Text text, Figures figures, String licence, BigDecimal reference) {}

  private Listing listing(Order order, Draft draft, String manifestHash) {
    return new Listing(
        Columns.id(),
        Tenant.current(),
        draft.publisher(),
        order.name(),
        rows.lastVersion(draft.publisher(), order.name()) + 1,
        order.agentId(),
        manifestHash,
        draft.text(),
        draft.figures(),
        draft.licence(),
        order.access(),
        State.LISTED,
        "",
        new Cost(order.currency(), draft.reference()),
        Instant.now().truncatedTo(ChronoUnit.MICROS));
  }

  private void requireNew(String publisher, String name, String manifestHash) {
    int published = rows.version(publisher, name, manifestHash);
    if (published > 0) {
      throw Problem.conflict(
          "This very agent is published already, as %s/%s@%d."
              .formatted(publisher, name, published));
    }
  }

  private void keep(Listing listing, Rates rates, Path source) throws IOException {
    Path place = folders.create();
    try {
      Path copy = copy(source, place.resolve("agent"));
      folders.keep(
          listing.id(),
          copy,
          _ -> {
            rows.insert(listing);
            open(listing, rates, folders.of(listing.id()));
          });
    } catch (UncheckedIOException e) {
      throw e.getCause();
    } finally {
      Folders.delete(place);
    }
  }

  private void open(Listing listing, Rates rates, Path folder) {
    try {
      offers.open(listing.id(), listing.model(), listing.cost().currency(), rates, folder);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// Gives all files of a folder a second name.
  private static Path copy(Path source, Path target) throws IOException {
    try (Stream<Path> paths = Files.walk(source)) {
      for (Path path : paths.toList()) {
        Path name = target.resolve(source.relativize(path).toString());
        if (Files.isDirectory(path)) {
          Files.createDirectories(name);
        } else {
          Files.createLink(name, path);
        }
      }
    }
    return target;
  }
}
