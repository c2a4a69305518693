package ai.hartonomous.platform.money.payout;

import static org.assertj.core.api.Assertions.assertThat;

import ai.hartonomous.platform.money.payout.Payout.Batch;
import ai.hartonomous.platform.money.payout.Payout.Method;
import ai.hartonomous.platform.money.payout.Payout.Order;
import ai.hartonomous.platform.money.payout.Payout.State;
import ai.hartonomous.platform.money.payout.Payout.Whole;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PayoutCsvTest {

  @ParameterizedTest
  @CsvSource(
      value = {
        "ann | ann",
        "=2+3 | \"'=2+3\"",
        "@SUM(A1) | \"'@SUM(A1)\"",
        "-1 | \"'-1\"",
        "a\"b | \"a\"\"b\"",
        "a,b | \"a,b\""
      },
      delimiter = '|',
      quoteCharacter = '`')
  void quotesWhatSheetsWouldCompute(String owner, String cell) {
    var id = new UUID(1, 2);
    var batch = new Batch(id, new Order("k", Method.PROVIDER, "EUR", Instant.EPOCH), Instant.EPOCH);
    var payout =
        new Payout(
            id,
            id,
            owner,
            "EUR",
            new BigDecimal("1.00"),
            State.PENDING,
            new PayoutAccount("", null, "", "acct_1"),
            null,
            "",
            "",
            Instant.EPOCH);

    String csv = PayoutCsv.of(new Whole(batch, List.of(payout)));

    assertThat(csv.split("\r\n")[1])
        .isEqualTo("k,00000000000000010000000000000002," + cell + ",,,,acct_1,1.00,EUR,pending");
  }
}
