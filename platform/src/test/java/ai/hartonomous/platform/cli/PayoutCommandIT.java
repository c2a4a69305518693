package ai.hartonomous.platform.cli;

import static org.assertj.core.api.Assertions.assertThat;

import ai.hartonomous.platform.TestServer;
import ai.hartonomous.platform.money.Ledger;
import ai.hartonomous.platform.money.Ledger.Transfer;
import java.math.BigDecimal;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

class PayoutCommandIT extends CommandFixture {

  private static final String IBAN = "NL91ABNA0417164300";

  private final TestServer server = TestServer.shared();
  private final String owner = "owner-" + UUID.randomUUID();

  @TempDir private Path folder;

  private int make(String key, String... more) {
    var all = new ArrayList<>(List.of("payout", "make", "--key", key));
    all.addAll(List.of("--until", LocalDate.now(ZoneOffset.UTC).toString()));
    all.addAll(List.of("--data", server.data().toString()));
    all.addAll(List.of("--url", server.request("/").build().uri().toString()));
    all.addAll(List.of(more));
    return run(all);
  }

  @Test
  void makesABatchOnceAndWritesItsFiles() throws Exception {
    server.send(
        owner,
        "PUT",
        "/v1/payout-account",
        BodyPublishers.ofString("{\"name\":\"Ann\",\"iban\":\"%s\"}".formatted(IBAN)),
        "application/json");
    var earned = new Transfer("commission", "payable:" + owner, new BigDecimal("10.00"));
    server.bean(Ledger.class).book("test:" + owner, owner, "EUR", List.of(earned));
    Path csv = folder.resolve("batch.csv");
    Path sepa = folder.resolve("batch.xml");

    assertThat(make(owner, "--csv", csv.toString(), "--sepa", sepa.toString())).as(err).isZero();
    assertThat(out).contains("10.00 EUR pending  " + owner).contains("total");
    assertThat(make(owner, "--json")).as(err).isZero();

    JsonNode batch = TestServer.parse(out);
    assertThat(batch.get("key").asString()).isEqualTo(owner);
    assertThat(Files.readString(csv)).contains(owner, IBAN);
    assertThat(Files.readString(sepa)).contains("pain.001.001.09", IBAN);
    assertThat(make(owner, "--currency", "SEK")).isEqualTo(1); // another order with this key
    assertThat(err).contains("409");
    assertThat(run(List.of("payout", "make"))).isEqualTo(2);
  }
}
