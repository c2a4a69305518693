package ai.hartonomous.platform.cli;

import static org.assertj.core.api.Assertions.assertThat;

import ai.hartonomous.model.checkpoint.Dtype;
import ai.hartonomous.model.checkpoint.HuggingFaceWriter;
import ai.hartonomous.model.tiny.Tiny;
import ai.hartonomous.platform.Tars;
import ai.hartonomous.platform.TestServer;
import ai.hartonomous.platform.TestServer.Answer;
import ai.hartonomous.platform.market.MarketFixture;
import ai.hartonomous.platform.market.MarketFixture.Said;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;

/// Every verb that is one request, at a real server, and those that stand beside them.
class RouteCommandsIT extends CommandFixture {

  private final TestServer server = TestServer.shared();
  private final String mark = UUID.randomUUID().toString().substring(0, 8);
  private final String ann = "ann-" + mark;
  private final String bob = "bob-" + mark;
  private final String url = server.request("/").build().uri().toString();

  @TempDir private Path folder;

  /// {@return the exit code of a command at the server, for a user}
  private int runAs(String user, String words, String... more) {
    var all = new ArrayList<>(List.of(words.split(" ")));
    all.addAll(List.of(more));
    all.addAll(List.of("--as", user, "--data", server.data().toString(), "--url", url));
    return run(all);
  }

  private JsonNode json(String user, String words, String... more) {
    assertThat(runAs(user, words + " --json", more)).as(err).isZero();
    return TestServer.parse(out);
  }

  private void done(String user, String words, String... more) {
    assertThat(runAs(user, words, more)).as(err).isZero();
  }

  private void refused(String user, String words, String... reasons) {
    assertThat(runAs(user, words)).isEqualTo(1);
    assertThat(err).startsWith("hartonomous: the server answered ").contains(reasons);
  }

  @Test
  void limitsKeysToAgents() {
    JsonNode limited = json(ann, "key make --name one --agents champion,clerk");
    assertThat(limited.get("agents").valueStream().map(JsonNode::asString))
        .containsExactly("champion", "clerk");
    done(ann, "key revoke " + limited.get("id").asString());
    done(ann, "key list");
    assertThat(out).isEmpty();
  }

  @Test
  void boundsUsersAndTheirKeys() {
    JsonNode key = json(ann, "key make --name shop --scopes inference,read");
    assertThat(key.get("secret").asString()).startsWith("hk_");
    assertThat(key.get("scopes").valueStream().map(JsonNode::asString))
        .containsExactly("inference", "read");
    String id = key.get("id").asString();
    done(ann, "key list");
    assertThat(out).contains("beginning").contains(id, "inference,read").doesNotContain("secret");
    done(ann, "key show " + id);
    assertThat(out).containsPattern("name +shop");
    done(ann, "key replace " + id, "--overlap-seconds", "60");
    assertThat(out).containsPattern("secret +hk_");

    done(
        ann,
        "budget set --scope key --key " + id,
        "--measure=requests",
        "--period=day",
        "--most=7");
    JsonNode own = json(ann, "budget set --measure tokens --period month --most 1000.5");
    assertThat(own.get("most").asString()).isEqualTo("1000.5");
    JsonNode set =
        json("boss", "budget set --measure money --period total --most 20 --user " + ann);
    assertThat(set.get("author").asString()).isEqualTo("admin");
    done(ann, "budget list");
    assertThat(out.lines()).hasSize(4);
    refused(ann, "budget remove " + set.get("id").asString(), "403", "forbidden");
    done("boss", "budget remove " + set.get("id").asString(), "--user", ann);
    done(ann, "budget remove " + own.get("id").asString(), "--json");
    assertThat(out).isEqualToIgnoringNewLines("{}");
    done(ann, "budget list");
    assertThat(out.lines()).hasSize(2);
    refused(ann, "budget set --measure tokens --period day --most -1", "400", "most: must be");
    assertThat(runAs(ann, "budget set --measure words --period day --most 1")).isEqualTo(2);
    assertThat(err).contains("words is none of requests, tokens, money");

    done(ann, "key revoke " + id);
    assertThat(out).isEqualToIgnoringNewLines("Revoked.");
    refused(ann, "key revoke " + id, "404", "not-found");
  }

  @Test
  void setsPricesAndTerms() throws Exception {
    String plan = "plan-" + mark;
    done("boss", "plan make %s --name Small --input 0.000002 --minimum 5".formatted(plan));
    assertThat(out).containsPattern("input +unit").contains("minimum");
    Path charges = folder.resolve("charges.json");
    Files.writeString(
        charges, "[{\"item\":\"requests\",\"model\":\"package\",\"size\":10,\"amount\":1}]");
    JsonNode second =
        json("boss", "plan make %s --name Small --charges %s".formatted(plan, charges));
    assertThat(second.get("version").asInt()).isEqualTo(2);
    assertThat(runAs("boss", "plan make %s --name Small".formatted(plan))).isEqualTo(2);
    done(ann, "plan list");
    assertThat(out.lines().filter(line -> line.startsWith(plan))).hasSize(2);
    done(ann, "plan show " + plan);
    assertThat(out).containsPattern("requests +package +1 +10");
    assertThat(json(ann, "plan show %s --version 1".formatted(plan)).get("version").asInt())
        .isEqualTo(1);
    assertThat(runAs(ann, "plan show %s --version 3".formatted(plan))).isEqualTo(1);

    String terms = "billing set --user %s --currency EUR --plan %s".formatted(ann, plan);
    done("boss", terms + " --version 2 --terms prepaid --zone Europe/Warsaw");
    assertThat(out).containsPattern("zone +Europe/Warsaw").containsPattern("terms +prepaid");
    refused("boss", terms + " --version 2 --terms prepaid", "409 conflict: Currency and zone");
    refused("boss", terms + " --version 9 --terms prepaid", "400", "plan: has no such version");
    done("boss", "billing join --user %s --tenant %s".formatted(bob, ann));
    assertThat(out).isEqualToIgnoringNewLines("Joined.");
    String payment = "wallet pay-in --user %s --amount 50.25 --payment bank-1".formatted(ann);
    done("boss", payment);
    assertThat(json("boss", payment).get("balance").asString()).isEqualTo("50.25"); // once
    done(ann, "wallet show");
    assertThat(out).startsWith("50.25 EUR");
  }

  @Test
  void showsHowTenantsPayAndForWhom() {
    String plan = "plan-" + mark;
    String terms =
        "billing set --user %s --currency EUR --plan %s --version 1".formatted(ann, plan);
    done("boss", "plan make %s --name Small --input 0.000002".formatted(plan));
    refused(bob, "billing show", "404");

    done("boss", terms + " --terms prepaid --zone Europe/Warsaw");
    done(ann, "billing show");
    assertThat(out.lines()).hasSize(2);
    assertThat(out).containsPattern("EUR +Europe/Warsaw +prepaid +" + plan + " +1");
    done("boss", terms + " --terms postpaid --zone Europe/Warsaw");
    done("boss", "billing show --user " + ann);
    assertThat(out.lines()).hasSize(3);
    assertThat(out.lines().toList().get(2)).containsPattern("postpaid +" + plan + " +1");

    done("boss", "billing join --user %s --tenant %s".formatted(bob, ann));
    done(ann, "billing members");
    assertThat(out.lines().skip(1)).singleElement().asString().startsWith(bob);
    done("boss", "billing members --json --user " + ann);
    assertThat(TestServer.parse(out).get("user").asString()).isEqualTo(bob);
    done(bob, "billing members");
    assertThat(out).isEmpty();
  }

  @Test
  void sellsLicencesAndTakesThemBack() throws Exception {
    MarketFixture.account(server, ann, "postpaid");
    String sale =
        "licence sell --key %s --buyer %s --owner %s --amount 99.99 --model-id %s"
            .formatted(mark, ann, bob, model());
    JsonNode invoice = json("boss", sale);
    String id = invoice.get("id").asString();
    assertThat(invoice.get("total").asString()).isEqualTo("99.99");

    done(ann, "invoice show " + id);
    assertThat(out).containsPattern("state +open").contains("licence of model", "99.99");
    Path csv = folder.resolve("i.csv");
    Path pdf = folder.resolve("i.pdf");
    done(ann, "invoice export %s --csv %s --pdf %s".formatted(id, csv, pdf));
    assertThat(Files.readString(csv)).contains("99.99");
    assertThat(Files.readAllBytes(pdf)).startsWith((byte) '%', (byte) 'P', (byte) 'D', (byte) 'F');
    assertThat(runAs(ann, "invoice export " + id)).isEqualTo(2);
    refused(bob, "invoice show " + id, "404");
    refused(ann, "invoice payment start " + id, "422 no-provider");
    refused(ann, "invoice payment show " + UUID.randomUUID(), "404");
    JsonNode note = json("boss", "invoice credit %s --user %s".formatted(id, ann));
    assertThat(note.get("refersTo").asString()).isEqualTo(id);
    assertThat(json("boss", sale).get("id").asString()).isEqualTo(id); // sold once
  }

  private String model() throws Exception {
    HuggingFaceWriter.write(Tiny.llama(1), folder.resolve("model"), Dtype.F32, null);
    Answer made =
        server.send(
            bob,
            "POST",
            "/v1/models?name=little",
            BodyPublishers.ofByteArray(Tars.of(folder.resolve("model"))),
            "application/x-tar");
    assertThat(made.status()).as(made.body()).isEqualTo(201);
    return made.json().get("id").asString();
  }

  private String paidOut() {
    String today = LocalDate.now(ZoneOffset.UTC).toString();
    return json("boss", "payout make --key %s --until %s".formatted(mark, today))
        .get("id")
        .asString();
  }

  @Test
  void paysOwners() throws Exception {
    done(bob, "payout account show");
    assertThat(out).isEmpty();
    done(bob, "payout account set --iban NL91ABNA0417164300", "--name", "Bob Example");
    assertThat(out).containsPattern("name +Bob Example").doesNotContain("0417164300");
    refused(bob, "payout account set --iban NL00", "400", "iban: is no account number");
    MarketFixture.account(server, ann, "postpaid");
    done(
        "boss",
        "licence sell --key %s --buyer %s --owner %s --amount 50 --model-id %s"
            .formatted(mark, ann, bob, model()));
    String batch = paidOut();

    JsonNode payout =
        json("boss", "payout show " + batch)
            .get("payouts")
            .valueStream()
            .filter(it -> it.get("owner").asString().equals(bob))
            .findAny()
            .orElseThrow();
    done("boss", "payout settle " + batch);
    assertThat(out).containsPattern(bob + " +40.00  paid");
    String id = payout.get("id").asString();
    done("boss", "payout fail %s --payout %s".formatted(batch, id), "--reason", "came back");
    assertThat(out).containsPattern(bob + " +40.00  failed  came back");
    done(bob, "payout list");
    assertThat(out).contains(id, "failed", "came back");
    refused("boss", "payout transfer " + batch, "409 conflict: This batch is for a bank");
    done("boss", "payout batches");
    assertThat(out).contains(batch, "before");
    refused("boss", "payout settle " + UUID.randomUUID(), "404");
    done(bob, "payout account remove");
    assertThat(out).isEqualToIgnoringNewLines("Removed.");
  }

  @Test
  void marksPublishers() throws Exception {
    done(ann, "market publisher set --handle " + ann, "--name", "Ann and Sons");
    done("boss", "market publisher mark " + ann);
    assertThat(out).containsPattern("verified +true");
    done(ann, "market publisher show");
    assertThat(out).contains("Ann and Sons");
    JsonNode back = json("boss", "market publisher unmark " + ann);
    assertThat(back.get("verified").asBoolean()).isFalse();
    refused("boss", "market publisher mark no-such-" + mark, "404");
  }

  @Test
  void verifiesReceiptsAndListsUse() throws Exception {
    UUID agent = MarketFixture.agent(server, ann, "a", Said.good("a", 1), Said.good("b", 1));
    server.post(ann, "/v1/agents/%s/deployments".formatted(agent), "");
    String receipt = MarketFixture.ask(server, ann, agent.toString()).header("Hartonomous-Receipt");
    assertThat(run("receipt", "verify", receipt, "--url", url)).as(err).isZero();
    assertThat(out).startsWith("The receipt is genuine.").containsPattern("sub +" + ann);
    Path keys = folder.resolve("keys.json");
    Files.writeString(keys, server.send(server.request("/.well-known/receipts.json").GET()).body());
    assertThat(run("receipt", "verify", receipt, "--keys", keys.toString(), "--json")).isZero();
    assertThat(TestServer.parse(out).get("output_tokens").asInt()).isPositive();
    int middle = receipt.indexOf('.') + 12;
    String forged =
        receipt.substring(0, middle)
            + (receipt.charAt(middle) == 'A' ? 'B' : 'A')
            + receipt.substring(middle + 1);
    assertThat(run("receipt", "verify", forged, "--keys", keys.toString())).isEqualTo(1);
    assertThat(err).contains("receipt");
    assertThat(run("receipt", "verify", server.token(ann), "--keys", keys.toString())).isEqualTo(1);
    assertThat(err).contains("this is no receipt");

    done(ann, "usage list");
    assertThat(out.lines()).hasSize(2);
    assertThat(out).contains("data.outputTokens", agent.toString());
    done("boss", "billing join --user %s --tenant %s".formatted(ann, bob));
    MarketFixture.account(server, bob, "postpaid");
    assertThat(MarketFixture.ask(server, ann, agent.toString()).status()).isEqualTo(200);
    done(bob, "usage list --of tenant");
    assertThat(out.lines()).hasSize(2);
    assertThat(out).contains(ann);
    done(bob, "usage list");
    assertThat(out).isEmpty();
    Path log = folder.resolve("calls.csv");
    done(bob, "usage export --of tenant " + log);
    assertThat(Files.readString(log)).contains("id,time,subject,number", "," + ann + ",");
    assertThat(runAs(ann, "usage export --of nobody x.csv")).isEqualTo(2);
    assertThat(runAs(ann, "usage export " + log)).isEqualTo(2);
  }

  @Test
  void saysThatThereIsNoServer() {
    List<String> words = List.of("budget", "list", "--data", server.data().toString());
    var all = new ArrayList<>(words);
    all.addAll(List.of("--url", "http://localhost:1"));

    assertThat(run(all)).isEqualTo(1);
    assertThat(err)
        .isEqualToIgnoringNewLines("hartonomous: no server answers at http://localhost:1/");
  }

  static Stream<String> verbs() {
    return Stream.concat(
        Verbs.all().stream().map(Verb::words),
        Stream.of("plan list", "plan show", "plan make", "usage export"));
  }

  @ParameterizedTest
  @MethodSource("verbs")
  void eachVerbExplainsItself(String words) {
    var all = new ArrayList<>(List.of(words.split(" ")));
    all.add("--help");

    assertThat(run(all)).as(err).isZero();
    assertThat(out)
        .contains("Usage: hartonomous " + words, "--json", "--as", "--url", "Example:")
        .contains("./hartonomous " + words);
    all.removeLast();
    all.add("--no-such-option");
    assertThat(run(all)).isEqualTo(2);
  }

  @ParameterizedTest
  @MethodSource("groups")
  void groupsAloneAreWrongUse(String words) {
    assertThat(run(List.of(words.split(" ")))).isEqualTo(2);
    assertThat(err).contains("Missing command.");
  }

  static List<String> groups() {
    return List.of(
        "billing",
        "budget",
        "invoice payment",
        "key",
        "licence",
        "market publisher",
        "payout",
        "payout account",
        "plan",
        "receipt");
  }
}
