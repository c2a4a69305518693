package ai.hartonomous.platform.market;

import static ai.hartonomous.platform.market.MarketFixture.account;
import static ai.hartonomous.platform.market.MarketFixture.ask;
import static ai.hartonomous.platform.market.MarketFixture.publish;
import static ai.hartonomous.platform.market.MarketFixture.publisher;
import static ai.hartonomous.platform.market.MarketFixture.send;
import static ai.hartonomous.platform.market.MarketFixture.subscribe;
import static org.assertj.core.api.Assertions.assertThat;

import ai.hartonomous.platform.TestServer;
import ai.hartonomous.platform.TestServer.Answer;
import ai.hartonomous.platform.market.MarketFixture.Said;
import ai.hartonomous.platform.security.Role;
import java.net.http.HttpRequest.BodyPublishers;
import java.time.Instant;
import java.time.YearMonth;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/// Who sees, reviews and loses what.
class MarketRulesIT {

  private static final TestServer SERVER = TestServer.shared();

  private final String mark = UUID.randomUUID().toString().substring(0, 8);
  private final String seller = "maker-" + mark;
  private final String buyer = "user-" + mark;
  private final String stranger = "other-" + mark;

  private String listed(String name, String access, Said said, String price) throws Exception {
    publisher(SERVER, seller);
    UUID agent = MarketFixture.agent(SERVER, seller, name, said, Said.good("bob", 1));
    Answer made = publish(SERVER, seller, agent, name, access, price);
    assertThat(made.status()).as(made.body()).isEqualTo(201);
    return made.json().get("id").asString();
  }

  private String listed(String name, String access) throws Exception {
    return listed(name, access, Said.good("ann", 1), "");
  }

  private static int see(String user, String listing) throws Exception {
    return SERVER.get(user, "/v1/market/listings/" + listing).status();
  }

  private List<String> found(String user, String query) throws Exception {
    JsonNode page =
        SERVER.get(user, "/v1/market/listings?publisher=" + seller + "&" + query).json();
    return page.get("items").valueStream().map(it -> it.get("model").asString()).toList();
  }

  private static Answer put(String user, String path, String body) throws Exception {
    return SERVER.send(user, "PUT", path, BodyPublishers.ofString(body), "application/json");
  }

  private List<String> audited(String user) throws Exception {
    return SERVER
        .get(user, "/v1/audit?limit=500")
        .json()
        .get("items")
        .valueStream()
        .map(it -> it.get("action").asString())
        .toList();
  }

  @Test
  void aGatedListingIsThereForThoseLetInOnly() throws Exception {
    String listing = listed("secret", "gated");
    assertThat(see(buyer, listing)).isEqualTo(404);
    assertThat(found(buyer, "text=secret")).isEmpty();
    assertThat(SERVER.get(buyer, "/v1/market/facets?publisher=" + seller).json().get("items"))
        .isEmpty();
    assertThat(subscribe(SERVER, buyer, listing).status()).isEqualTo(404);
    assertThat(askToBeLetIn("secret")).isEqualTo(202);
    assertThat(askToBeLetIn("none")).isEqualTo(202); // nobody learns what there is

    JsonNode waiting = SERVER.get(seller, "/v1/market/publisher/requests").json().get("items");
    assertThat(waiting).hasSize(1);
    assertThat(waiting.at("/0/tenant").asString()).isEqualTo(buyer);
    String answer = "/v1/market/publisher/requests/" + waiting.at("/0/id").asString();
    assertThat(put(stranger, answer, "{\"grant\":true}").status()).isEqualTo(404);
    assertThat(put(seller, answer, "{\"grant\":true}").status()).isEqualTo(200);

    assertThat(see(buyer, listing)).isEqualTo(200);
    assertThat(found(buyer, "text=secret")).containsExactly(seller + "/secret@1");
    assertThat(see(stranger, listing)).isEqualTo(404);
    assertThat(subscribe(SERVER, stranger, listing).status()).isEqualTo(404);
    assertThat(subscribe(SERVER, buyer, seller + "/secret").status()).isEqualTo(201);
    assertThat(ask(SERVER, buyer, seller + "/secret").status()).isEqualTo(200);

    assertThat(put(seller, answer, "{\"grant\":false}").status()).isEqualTo(200);
    assertThat(found(buyer, "text=secret")).isEmpty();
    assertThat(ends()).isEqualTo(nextMonth());
    assertThat(audited(buyer)).contains("access.grant", "access.decline");
  }

  private int askToBeLetIn(String name) throws Exception {
    String body = "{\"publisher\":\"%s\",\"name\":\"%s\"}".formatted(seller, name);
    return SERVER.post(buyer, "/v1/market/access", body).status();
  }

  private Instant ends() throws Exception {
    return Instant.parse(
        SERVER.get(buyer, "/v1/market/subscriptions").json().at("/items/0/ends").asString());
  }

  private static Instant nextMonth() {
    YearMonth month = YearMonth.now(ZoneOffset.UTC).plusMonths(1);
    return month.atDay(1).atStartOfDay(ZoneOffset.UTC).toInstant();
  }

  @Test
  void onlyBuyersReviewOnceAndTheMeanIsShown() throws Exception {
    String listing = listed("rated", "open");
    String review = "/v1/market/listings/" + listing + "/review";
    String good = "{\"rating\":5,\"text\":\"Fine\"}";
    assertThat(put(stranger, review, good).status()).isEqualTo(403);
    subscribe(SERVER, buyer, listing);
    assertThat(put(buyer, review, good).status()).isEqualTo(403); // has not called it
    ask(SERVER, buyer, listing);
    subscribe(SERVER, stranger, listing);
    ask(SERVER, stranger, listing);

    assertThat(put(buyer, review, good).status()).isEqualTo(200);
    assertThat(put(buyer, review, "{\"rating\":6}").status()).isEqualTo(400);
    assertThat(put(buyer, review, "{\"rating\":2}").status()).isEqualTo(200);
    assertThat(put(stranger, review, good).status()).isEqualTo(200);

    JsonNode shown = SERVER.get("nobody-" + mark, "/v1/market/listings/" + listing).json();
    assertThat(shown.get("rating").asDouble()).isEqualTo(3.5);
    assertThat(shown.get("reviews").asInt()).isEqualTo(2);
    Answer all = SERVER.get(buyer, "/v1/market/listings/" + listing + "/reviews");
    assertThat(all.json().get("items")).hasSize(2);
    assertThat(all.json().at("/items/0/own").asBoolean()).isTrue();
    assertThat(all.body()).doesNotContain(stranger);
    assertThat(SERVER.delete(buyer, review).status()).isEqualTo(204);
    assertThat(SERVER.get(buyer, "/v1/market/listings/" + listing).json().get("reviews").asInt())
        .isEqualTo(1);
  }

  @Test
  void whatItsPublisherTakesDownEndsWithTheMonth() throws Exception {
    String listing = listed("gone", "open");
    subscribe(SERVER, buyer, listing);
    assertThat(SERVER.delete(stranger, "/v1/market/listings/" + listing).status()).isEqualTo(404);

    assertThat(SERVER.delete(seller, "/v1/market/listings/" + listing).status()).isEqualTo(204);

    assertThat(see(stranger, listing)).isEqualTo(404);
    assertThat(subscribe(SERVER, stranger, listing).status()).isEqualTo(404);
    assertThat(found(buyer, "")).isEmpty();
    assertThat(see(buyer, listing)).isEqualTo(200);
    assertThat(see(seller, listing)).isEqualTo(200);
    assertThat(ask(SERVER, buyer, listing).status()).isEqualTo(200);
    assertThat(ends()).isEqualTo(nextMonth());
    assertThat(audited(seller)).contains("listing.takedown");
    assertThat(audited(buyer)).contains("subscription.end");
  }

  @Test
  void whatAnAdministratorTakesDownEndsAtOnce() throws Exception {
    String listing = listed("bad", "open");
    subscribe(SERVER, buyer, listing);
    String path = "/v1/admin/market/listings/" + listing + "/takedown";
    String reason = "{\"reason\":\"its source was not the publisher's\"}";
    assertThat(SERVER.post(seller, path, reason).status()).isEqualTo(403);

    assertThat(send(SERVER, "boss", Role.ADMIN, "POST", path, reason).status()).isEqualTo(204);

    assertThat(ask(SERVER, buyer, listing).status()).isEqualTo(404);
    assertThat(see(buyer, listing)).isEqualTo(404);
    JsonNode own = SERVER.get(seller, "/v1/market/listings/" + listing).json();
    assertThat(own.get("state").asString()).isEqualTo("barred");
    assertThat(own.get("reason").asString()).startsWith("its source");
  }

  private static Answer relist(String user, String listing) throws Exception {
    String path = "/v1/market/listings/%s/relisting".formatted(listing);
    return send(SERVER, user, Role.PUBLISHER, "POST", path, "");
  }

  @Test
  void whatItsPublisherTookDownMayBeOfferedAgain() throws Exception {
    String listing = listed("back", "open");
    subscribe(SERVER, buyer, listing);
    SERVER.delete(seller, "/v1/market/listings/" + listing);
    assertThat(SERVER.post(seller, "/v1/market/listings/%s/relisting".formatted(listing), ""))
        .extracting(Answer::status)
        .isEqualTo(403); // it takes the role
    assertThat(relist(stranger, listing).status()).isEqualTo(404);

    Answer again = relist(seller, listing);

    assertThat(again.status()).as(again.body()).isEqualTo(200);
    assertThat(again.json().get("state").asString()).isEqualTo("listed");
    assertThat(again.json().has("reason")).isFalse();
    assertThat(found(stranger, "")).containsExactly(seller + "/back@1");
    assertThat(ends()).isEqualTo(nextMonth()); // who is subscribed says themselves that it goes on
    assertThat(subscribe(SERVER, buyer, listing).status()).isEqualTo(201);
    assertThat(relist(seller, listing).status()).isEqualTo(200); // it is offered already
    assertThat(audited(seller)).filteredOn(it -> it.equals("listing.relist")).hasSize(1);
  }

  @Test
  void whatAnAdministratorTookDownIsOfferedAgainWhenThatIsLifted() throws Exception {
    String listing = listed("ban", "open");
    SERVER.delete(seller, "/v1/market/listings/" + listing);
    String path = "/v1/admin/market/listings/" + listing + "/takedown";
    send(SERVER, "boss", Role.ADMIN, "POST", path, "{\"reason\":\"stolen\"}");
    SERVER.delete(seller, "/v1/market/listings/" + listing); // does not make it the publisher's

    Answer refused = relist(seller, listing);
    assertThat(refused.status()).isEqualTo(409);
    assertThat(found(stranger, "")).isEmpty();
    assertThat(SERVER.delete(seller, path).status()).isEqualTo(403);
    assertThat(send(SERVER, "boss", Role.ADMIN, "DELETE", path, "").status()).isEqualTo(204);
    assertThat(found(stranger, "")).isEmpty(); // the publisher's to say
    assertThat(relist(seller, listing).status()).isEqualTo(200);
    assertThat(found(stranger, "")).containsExactly(seller + "/ban@1");
    assertThat(audited(seller)).contains("listing.lift", "listing.relist");
  }

  @Test
  void aSubscriptionEndsWithTheMonthAndMayGoOn() throws Exception {
    String listing = listed("monthly", "open");
    String id = subscribe(SERVER, buyer, listing).json().get("id").asString();
    assertThat(SERVER.delete(stranger, "/v1/market/subscriptions/" + id).status()).isEqualTo(404);

    Answer ended = SERVER.delete(buyer, "/v1/market/subscriptions/" + id);

    assertThat(ended.status()).isEqualTo(200);
    assertThat(ends()).isEqualTo(nextMonth());
    assertThat(ask(SERVER, buyer, listing).status()).isEqualTo(200);
    assertThat(subscribe(SERVER, buyer, listing).status()).isEqualTo(201);
    JsonNode again = SERVER.get(buyer, "/v1/market/subscriptions/" + id).json();
    assertThat(again.has("ends") && !again.get("ends").isNull()).isFalse();
  }

  @Test
  void whoeverIsPaidForMayAskButNotSubscribe() throws Exception {
    account(SERVER, buyer, "postpaid");
    String member = "member-" + mark;
    String path = "/v1/admin/members?user=%s&tenant=%s".formatted(member, buyer);
    send(SERVER, "boss", Role.ADMIN, "PUT", path, "");
    String listing = listed("shared", "open", Said.good("ann", 1), "1");
    subscribe(SERVER, buyer, listing);

    assertThat(ask(SERVER, member, seller + "/shared").status()).isEqualTo(200);
    assertThat(subscribe(SERVER, member, listing).status()).isEqualTo(403);
    JsonNode event = SERVER.get(member, "/v1/usage").json().at("/items/0/data");
    assertThat(event.get("amount").asString()).isEqualTo("5");
  }

  @Test
  void isFoundByWhatWasMeasuredAndSaid() throws Exception {
    listed("alpha", "open", Said.good("ann", 1), "0.000001");
    listed("beta", "open", new Said("mit", "ann", 1, 0.5, 60), "0.000009");
    listed("gamma", "open");
    String b = seller + "/beta@1";
    String g = seller + "/gamma@1";
    String a = seller + "/alpha@1";

    assertThat(found(stranger, "")).containsExactly(a, b, g);
    assertThat(found(stranger, "text=AGENT+alpha")).containsExactly(a);
    assertThat(found(stranger, "text=100%25")).isEmpty();
    assertThat(found(stranger, "capability=letters&minScore=0.7")).containsExactly(a, g);
    assertThat(found(stranger, "capability=letters&minKept=0.95")).containsExactly(a, g);
    assertThat(found(stranger, "licence=mit")).containsExactly(b);
    assertThat(found(stranger, "architecture=gpt2&currency=EUR&maxPrice=1.5"))
        .containsExactly(a, g); // 1 and 0 euros
    assertThat(found(stranger, "maxParameters=1999")).isEmpty();
    assertThat(found(stranger, "maxParameters=2000&maxSizeBytes=8000")).hasSize(3);
    assertThat(facet("licence=mit", "capability", "letters")).isEqualTo(1);
    assertThat(facet("", "licence", "apache-2.0")).isEqualTo(3);
    assertThat(facet("", "licence", "mit")).isEqualTo(1);
    List<String> wrong = List.of("maxPrice=1", "minScore=x", "maxPrice=1e99&currency=EUR");
    for (String query : wrong) {
      assertThat(SERVER.get(stranger, "/v1/market/listings?" + query).status())
          .as(query)
          .isEqualTo(400);
    }
  }

  private long facet(String query, String kind, String name) throws Exception {
    JsonNode facets =
        SERVER.get(stranger, "/v1/market/facets?publisher=" + seller + "&" + query).json();
    return facets
        .get("items")
        .valueStream()
        .filter(it -> it.get("kind").asString().equals(kind))
        .filter(it -> it.get("name").asString().equals(name))
        .mapToLong(it -> it.get("count").asLong())
        .sum();
  }

  @Test
  void pagesGoOnWhereTheyEndedWhateverComesBetween() throws Exception {
    for (String name : List.of("b", "d", "f")) {
      listed(name, "open");
    }
    List<String> models = new ArrayList<>();
    String path = "/v1/market/listings?publisher=" + seller + "&limit=1";
    String cursor = "";
    for (int page = 0; page < 3; page++) {
      JsonNode answer =
          SERVER.get(stranger, cursor.isEmpty() ? path : path + "&cursor=" + cursor).json();
      answer.get("items").forEach(it -> models.add(it.get("name").asString()));
      cursor = answer.path("next").asString("");
      if (page == 0) {
        listed("a", "open");
      }
    }

    assertThat(models).containsExactly("b", "d", "f");
    assertThat(cursor).isEmpty();
    assertThat(SERVER.get(stranger, path + "&cursor=x").status()).isEqualTo(400);
  }

  @Test
  void theNewestVersionIsFoundAndOlderOnesStay() throws Exception {
    String first = listed("agent", "open", Said.good("ann", 1), "");
    subscribe(SERVER, buyer, seller + "/agent");
    String second = listed("agent", "open", Said.good("ann", 2), "");

    assertThat(found(stranger, "")).containsExactly(seller + "/agent@2");
    assertThat(see(stranger, first)).isEqualTo(200);
    assertThat(ask(SERVER, buyer, seller + "/agent@1").status()).isEqualTo(200);
    assertThat(ask(SERVER, buyer, second).status()).isEqualTo(404); // was not subscribed to
    subscribe(SERVER, buyer, second);
    assertThat(ask(SERVER, buyer, seller + "/agent@2").status()).isEqualTo(200);
  }
}
