package ai.hartonomous.platform.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.nimbusds.jwt.SignedJWT;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TokenCommandTest {

  @TempDir private Path data;
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  private int run(String... more) {
    String[] arguments = new String[more.length + 3];
    arguments[0] = "token";
    arguments[1] = "--data";
    arguments[2] = data.toString();
    System.arraycopy(more, 0, arguments, 3, more.length);
    return Main.commandLine()
        .setOut(new PrintWriter(out))
        .setErr(new PrintWriter(err))
        .execute(arguments);
  }

  @Test
  void printsTokenForUserAndTime() throws Exception {
    int exitCode = run("--user", "ann", "--ttl", "90m");

    assertThat(exitCode).isZero();
    var claims = SignedJWT.parse(out.toString().strip()).getJWTClaimsSet();
    assertThat(claims.getSubject()).isEqualTo("ann");
    assertThat(
            Duration.between(
                claims.getIssueTime().toInstant(), claims.getExpirationTime().toInstant()))
        .isEqualTo(Duration.ofMinutes(90));
  }

  @Test
  void keepsTheKeyBetweenTokens() throws Exception {
    run("--user", "ann");
    run("--user", "bob");

    String[] tokens = out.toString().split("\\s+");
    assertThat(SignedJWT.parse(tokens[0]).getHeader().getKeyID())
        .isEqualTo(SignedJWT.parse(tokens[1]).getHeader().getKeyID());
  }

  @Test
  void printsJsonOnRequest() {
    run("--user", "ann", "--ttl", "1h", "--json");

    assertThat(out.toString()).contains("\"expires_in\":3600");
  }

  @ParameterizedTest
  @ValueSource(strings = {"soon", "-1h", "0s", ""})
  void refusesTimeThatIsNone(String lifetime) {
    assertThat(run("--user", "ann", "--ttl", lifetime)).isEqualTo(2);
    assertThat(out.toString()).isEmpty();
    assertThat(err.toString()).isNotBlank();
  }

  @Test
  void refusesStrangeUser() {
    assertThat(run("--user", "../ann")).isEqualTo(2);
    assertThat(run()).isEqualTo(2);
  }
}
