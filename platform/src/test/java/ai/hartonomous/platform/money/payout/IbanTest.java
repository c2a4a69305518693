package ai.hartonomous.platform.money.payout;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class IbanTest {

  @ParameterizedTest
  @ValueSource(
      strings = {
        "DE89 3704 0044 0532 0130 00",
        "GB82WEST12345698765432",
        "fr1420041010050500013m02606",
        "PL61109010140000071219812874",
        "NL91ABNA0417164300",
        "ES9121000418450200051332",
        "AT611904300234573201",
        "BE68539007547034",
        "IT60X0542811101000000123456",
        "CH9300762011623852957"
      })
  void takesNumbersThatAreRight(String text) {
    assertThat(Iban.parse(text)).isPresent();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "DE",
        "DE8937040044053201300", // too short
        "DE893704004405320130000", // too long
        "US89370400440532013000", // not of SEPA
        "DE00370400440532013000",
        "DE89370400440532013O00", // a letter for a digit
        "../DE89370400440532013000"
      })
  void refusesOthers(String text) {
    assertThat(Iban.parse(text)).isEmpty();
  }

  @Test
  void findsEveryWrongDigitAndEverySwapOfNeighbours() {
    String good = "DE89370400440532013000";
    List<String> taken = new ArrayList<>();
    for (int i = 2; i < good.length(); i++) {
      for (char digit = '0'; digit <= '9'; digit++) {
        String wrong = good.substring(0, i) + digit + good.substring(i + 1);
        if (Iban.parse(wrong).isPresent()) {
          taken.add(wrong);
        }
      }
      if (i + 1 < good.length()) {
        String swapped =
            good.substring(0, i) + good.charAt(i + 1) + good.charAt(i) + good.substring(i + 2);
        if (Iban.parse(swapped).isPresent()) {
          taken.add(swapped);
        }
      }
    }

    assertThat(taken).containsOnly(good);
  }

  @Test
  void showsItselfToNoLog() {
    Iban iban = Iban.parse("GB82WEST12345698765432").orElseThrow();

    assertThat(iban).hasToString("GB**5432");
    assertThat(new PayoutAccount("Ann", iban, "", "").toString()).doesNotContain("WEST", "Ann");
  }
}
