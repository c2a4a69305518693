package ai.hartonomous.distill.pack;

import static org.assertj.core.api.Assertions.assertThat;

import ai.hartonomous.distill.pack.Licences.Kind;
import ai.hartonomous.distill.pack.Licences.Verdict;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class LicencesTest {

  @ParameterizedTest(name = "{0} is {1}")
  @CsvSource({
    "mit, PERMISSIVE",
    "Apache-2.0, PERMISSIVE",
    "cc-by-sa-4.0, SHARE_ALIKE",
    "cc-by-nc-4.0, NON_COMMERCIAL",
    "cc-by-nc-sa-4.0, NON_COMMERCIAL_SHARE_ALIKE",
    "cc-by-nc-nd-4.0, NO_DERIVATIVES",
    "llama3, OWN_TERMS",
    "hartonomous, OWN_TERMS",
    "unknown, NOT_STATED"
  })
  void knowsTheKindOfALicence(String licence, Kind kind) {
    assertThat(Licences.kind(licence)).isEqualTo(kind);
  }

  @ParameterizedTest(name = "{0} with {1}: {2}")
  @CsvSource({
    "mit, mit, mit",
    "mit, apache-2.0, apache-2.0 AND mit",
    "mit, gpl-3.0, gpl-3.0",
    "gpl-3.0, gpl-3.0, gpl-3.0",
    "cc-by-sa-4.0, gpl-3.0, gpl-3.0",
    "apache-2.0, llama3, llama3",
    "cc-by-nc-3.0, cc-by-nc-4.0, cc-by-nc-3.0 AND cc-by-nc-4.0",
    "cc-by-nc-4.0, cc-by-nc-sa-4.0, cc-by-nc-sa-4.0"
  })
  void passesOnWhatBothAllow(String one, String other, String agent) {
    Verdict verdict = combine(one, other);

    assertThat(verdict.refusal()).isEmpty();
    assertThat(verdict.licence()).isEqualTo(agent);
    boolean permissive = Licences.kind(agent.split(" ")[0]) == Kind.PERMISSIVE;
    assertThat(verdict.warnings().isEmpty()).isEqualTo(permissive);
  }

  @ParameterizedTest(name = "{0} with {1}")
  @CsvSource({
    "mit, cc-by-nd-4.0",
    "gpl-3.0, cc-by-nc-4.0",
    "cc-by-sa-3.0, cc-by-sa-4.0",
    "cc-by-nc-sa-3.0, cc-by-nc-sa-4.0",
    "llama3, gpl-3.0",
    "llama3, gemma",
    "llama3, cc-by-nc-4.0",
    "'', gpl-3.0"
  })
  void refusesWhatExcludesEachOther(String one, String other) {
    assertThat(combine(one, other).refusal()).isPresent();
    assertThat(combine(other, one).refusal()).isPresent();
    assertThat(combine(one, other).licence()).isNull();
  }

  @ParameterizedTest(name = "beside \"{0}\"")
  @ValueSource(strings = {"", "mit"})
  void warnsOfASourceWithoutLicence(String other) {
    Verdict verdict = combine("", other);

    assertThat(verdict.refusal()).isEmpty();
    assertThat(verdict.licence()).isNull();
    assertThat(verdict.warnings()).first().asString().contains("a states no licence");
  }

  @Test
  void aLicenceThatForbidsDerivedWorksAllowsNoAgentAtAll() {
    Verdict verdict = Licences.combine(Map.of("a", Optional.of("cc-by-nd-4.0")));

    assertThat(verdict.refusal()).hasValueSatisfying(r -> assertThat(r).contains("a is under"));
  }

  private static Verdict combine(String one, String other) {
    Map<String, Optional<String>> sources = new LinkedHashMap<>();
    sources.put("a", one.isEmpty() ? Optional.empty() : Optional.of(one));
    sources.put("b", other.isEmpty() ? Optional.empty() : Optional.of(other));
    return Licences.combine(sources);
  }
}
