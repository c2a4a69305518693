package ai.hartonomous.platform.cli;

import static org.assertj.core.api.Assertions.assertThat;

import ai.hartonomous.platform.TestServer;
import ai.hartonomous.platform.market.MarketFixture;
import ai.hartonomous.platform.market.MarketFixture.Said;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;
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
}
