package ai.hartonomous.platform.cli;

import static org.assertj.core.api.Assertions.assertThat;

import ai.hartonomous.platform.TestServer;
import ai.hartonomous.platform.market.MarketFixture;
import ai.hartonomous.platform.market.MarketFixture.Said;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

class MarketCommandsIT extends CommandFixture {

  private final TestServer server = TestServer.shared();
  private final String mark = UUID.randomUUID().toString().substring(0, 8);
  private final String seller = "shop-" + mark;

  private int runAs(String user, String... arguments) {
    var all = new ArrayList<>(List.of(arguments));
    all.add(0, "market");
    all.addAll(
        List.of(
            "--as",
            user,
            "--data",
            server.data().toString(),
            "--url",
            server.request("/").build().uri().toString()));
    return run(all);
  }

  @Test
  void publishesFindsSubscribesAndTakesDown() throws Exception {
    UUID agent = MarketFixture.agent(server, seller, "a", Said.good("a", 1), Said.good("b", 1));
    String[] publish = {
      "publish",
      agent.toString(),
      "--handle",
      seller,
      "--name",
      "tool",
      "--title",
      "A tool",
      "--json"
    };
    assertThat(runAs(seller, publish)).as(err).isZero();
    JsonNode listing = TestServer.parse(out);
    assertThat(listing.get("model").asString()).isEqualTo(seller + "/tool@1");
    assertThat(runAs(seller, publish)).isEqualTo(1);
    assertThat(err).contains("409").contains("published already");

    assertThat(runAs("buyer-" + mark, "search", seller, "tool")).as(err).isZero();
    assertThat(out).contains(seller + "/tool@1").contains("A tool");
    assertThat(runAs("buyer-" + mark, "subscribe", seller + "/tool")).as(err).isZero();
    assertThat(MarketFixture.ask(server, "buyer-" + mark, seller + "/tool").status())
        .isEqualTo(200);

    String id = listing.get("id").asString();
    assertThat(runAs("buyer-" + mark, "takedown", id)).isEqualTo(1);
    assertThat(runAs("boss", "takedown", id, "--reason", "not allowed")).as(err).isZero();
    assertThat(MarketFixture.ask(server, "buyer-" + mark, seller + "/tool").status())
        .isEqualTo(404);
    assertThat(runAs(seller, "publish")).isEqualTo(2);
  }

  private String published(String name, String access) throws Exception {
    UUID agent = MarketFixture.agent(server, seller, name, Said.good("a", 1), Said.good("b", 1));
    MarketFixture.publisher(server, seller);
    return MarketFixture.publish(server, seller, agent, name, access, "")
        .json()
        .get("id")
        .asString();
  }

  @Test
  void letsInWhoAskedAndNoLonger() throws Exception {
    String listing = published("gate", "gated");
    String buyer = "buyer-" + mark;

    assertThat(runAs(buyer, "subscribe", listing)).isEqualTo(1);
    assertThat(err).contains("404");
    assertThat(runAs(buyer, "access", "request", seller + "/gate", "--message", "please"))
        .as(err)
        .isZero();
    assertThat(out).contains("pending", seller + "/gate");
    assertThat(runAs(seller, "access", "list", "--asked", "--json")).as(err).isZero();
    JsonNode request = TestServer.parse(out);
    assertThat(request.get("tenant").asString()).isEqualTo(buyer);
    assertThat(request.get("message").asString()).isEqualTo("please");
    String id = request.get("id").asString();
    assertThat(runAs(buyer, "access", "grant", id)).isEqualTo(1); // not theirs to answer
    assertThat(runAs(seller, "access", "grant", id)).as(err).isZero();
    assertThat(runAs(buyer, "access", "list")).as(err).isZero();
    assertThat(out).contains("granted");
    assertThat(runAs(buyer, "subscribe", seller + "/gate")).as(err).isZero();

    assertThat(runAs(seller, "access", "refuse", id, "--json")).as(err).isZero();
    assertThat(TestServer.parse(out).get("state").asString()).isEqualTo("declined");
    assertThat(runAs(buyer, "subscriptions", "--json")).as(err).isZero();
    assertThat(TestServer.parse(out).has("ends")).isTrue();
    assertThat(runAs(buyer, "access", "request", "gate")).isEqualTo(2);
    assertThat(runAs(buyer, "access")).isEqualTo(2);
  }

  @Test
  void reviewsAndEndsASubscription() throws Exception {
    String listing = published("rated", "open");
    String buyer = "buyer-" + mark;

    assertThat(runAs(buyer, "review", "write", listing, "--rating", "4")).isEqualTo(1);
    assertThat(err).contains("buyers-only");
    assertThat(runAs(buyer, "subscribe", listing, "--json")).as(err).isZero();
    String subscription = TestServer.parse(out).get("id").asString();
    assertThat(MarketFixture.ask(server, buyer, listing).status()).isEqualTo(200);
    assertThat(runAs(buyer, "review", "write", listing, "--rating", "4", "--text", "Fine"))
        .as(err)
        .isZero();
    assertThat(runAs(seller, "review", "list", listing)).as(err).isZero();
    assertThat(out).isEqualToIgnoringNewLines("4 of 5  Fine");
    assertThat(runAs(buyer, "review", "list", listing)).as(err).isZero();
    assertThat(out).contains("(own)");
    assertThat(runAs(buyer, "review", "remove", listing, "--json")).as(err).isZero();
    assertThat(runAs(buyer, "review", "list", listing)).as(err).isZero();
    assertThat(out).isEmpty();
    assertThat(runAs(buyer, "review", "write", listing)).isEqualTo(2);

    assertThat(runAs("boss", "unsubscribe", subscription)).isEqualTo(1); // another's
    assertThat(runAs(buyer, "unsubscribe", subscription)).as(err).isZero();
    assertThat(out).startsWith("Ends ");
    assertThat(runAs(buyer, "subscriptions")).as(err).isZero();
    assertThat(out).contains("active until");
  }

  @Test
  void changesPricesAndOffersAgain() throws Exception {
    String listing = published("priced", "open");

    assertThat(runAs(seller, "price", "change", listing, "--output", "0.5", "--request", "1"))
        .as(err)
        .isZero();
    assertThat(runAs(seller, "price", "list", listing)).as(err).isZero();
    assertThat(out).contains("version 1 of", "version 2 of").containsPattern("output +unit +0.5");
    assertThat(runAs(seller, "price", "change", listing)).isEqualTo(2);
    assertThat(runAs(seller, "price", "change", listing, "--free", "--input", "1")).isEqualTo(2);
    assertThat(runAs(seller, "price", "change", listing, "--free", "--json")).as(err).isZero();
    assertThat(TestServer.parse(out).get("charges")).isEmpty();

    assertThat(runAs(seller, "takedown", listing)).as(err).isZero();
    assertThat(runAs(seller, "listings")).as(err).isZero();
    assertThat(out).contains(listing, "taken_down", "taken down by its publisher");
    assertThat(runAs(seller, "relist", listing)).as(err).isZero();
    assertThat(out).contains(seller + "/priced@1 is offered again");
    assertThat(runAs("boss", "takedown", listing, "--reason", "no")).as(err).isZero();
    assertThat(runAs(seller, "relist", listing)).isEqualTo(1);
    assertThat(err).contains("409");
    assertThat(runAs("boss", "lift", listing)).as(err).isZero();
    assertThat(runAs(seller, "relist", listing, "--json")).as(err).isZero();
    assertThat(TestServer.parse(out).get("state").asString()).isEqualTo("listed");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "access request",
        "access list",
        "access grant",
        "access refuse",
        "review write",
        "review list",
        "review remove",
        "price change",
        "price list",
        "listings",
        "subscriptions",
        "unsubscribe",
        "takedown",
        "relist",
        "lift"
      })
  void eachVerbExplainsItself(String verb) {
    var words = new ArrayList<>(List.of("market"));
    words.addAll(List.of(verb.split(" ")));
    words.add("--help");

    assertThat(run(words)).isZero();
    assertThat(out).contains("--json", "--as", "--url");
  }
}
