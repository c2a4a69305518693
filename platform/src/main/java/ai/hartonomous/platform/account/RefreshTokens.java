package ai.hartonomous.platform.account;

import ai.hartonomous.platform.tenant.Columns;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Optional;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/// Refresh tokens. Each is good once and brings the next of its family. Who shows one a second time
/// has copied it, or was copied: nobody can tell, so the whole family ends (RFC 9700, 4.14.2).
///
/// A token is looked up by its hash before anybody is known, so this is plain SQL; every statement
/// names the token, the family or the user whose rows it touches.
@Component
class RefreshTokens {

  private static final String PREFIX = "hr_";

  private final JdbcClient jdbc;

  RefreshTokens(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  /// A good token that is now used up.
  ///
  /// @param user whose it is
  /// @param family of the login it came from
  /// @param expires when the family ends
  record Used(String user, UUID family, Instant expires) {}

  /// What came of showing a token.
  ///
  /// @param good the token, if it was good
  /// @param stolenFrom the user whose family was ended, if the token had been used before
  record Outcome(Optional<Used> good, Optional<String> stolenFrom) {
    static final Outcome UNKNOWN = new Outcome(Optional.empty(), Optional.empty());
  }

  private record Row(UUID id, Used token, boolean used, boolean deleted) {}

  /// {@return the first token of a new family}
  String begin(String user, Duration lifetime) {
    Instant now = Instant.now();
    jdbc.sql("delete from refresh_token where user_id = ? and expires < ?")
        .params(user, now.atOffset(ZoneOffset.UTC))
        .update();
    return insert(new Used(user, UUID.randomUUID(), now.plus(lifetime)));
  }

  /// {@return the next token of a family; nothing if the family was ended meanwhile}
  Optional<String> next(Used former) {
    String text = insert(former);
    int ended =
        jdbc.sql("select count(*) from refresh_token where family = ? and deleted = ?")
            .params(former.family(), true)
            .query(Integer.class)
            .single();
    if (ended > 0) {
      end(former.family()); // it came in after the others were ended
      return Optional.empty();
    }
    return Optional.of(text);
  }

  /// Uses up a token.
  Outcome use(String text) {
    Row row = find(text).orElse(null);
    if (row == null || row.deleted() || row.token().expires().isBefore(Instant.now())) {
      return Outcome.UNKNOWN;
    }
    boolean first =
        !row.used()
            && jdbc.sql(
                        "update refresh_token set used = ?, updated = ?"
                            + " where id = ? and used = ? and deleted = ?")
                    .params(true, OffsetDateTime.now(ZoneOffset.UTC), row.id(), false, false)
                    .update()
                == 1;
    if (first) {
      return new Outcome(Optional.of(row.token()), Optional.empty());
    }
    end(row.token().family());
    return new Outcome(Optional.empty(), Optional.of(row.token().user()));
  }

  /// {@return the user whose family was ended, if the token is one}
  Optional<String> revoke(String text) {
    Optional<Row> row = find(text).filter(found -> !found.deleted());
    row.ifPresent(found -> end(found.token().family()));
    return row.map(found -> found.token().user());
  }

  /// Ends all families of a user.
  void revokeAll(String user) {
    jdbc.sql("update refresh_token set deleted = ?, updated = ? where user_id = ?")
        .params(true, OffsetDateTime.now(ZoneOffset.UTC), user)
        .update();
  }

  private void end(UUID family) {
    jdbc.sql("update refresh_token set deleted = ?, updated = ? where family = ?")
        .params(true, OffsetDateTime.now(ZoneOffset.UTC), family)
        .update();
  }

  private String insert(Used token) {
    String text = Secrets.draw(PREFIX);
    OffsetDateTime now = OffsetDateTime.now(ZoneOffset.UTC);
    jdbc.sql(
            "insert into refresh_token (id, user_id, created, updated, deleted, family, hash,"
                + " expires, used) values (?, ?, ?, ?, ?, ?, ?, ?, ?)")
        .params(
            Columns.id(),
            token.user(),
            now,
            now,
            false,
            token.family(),
            Secrets.hash(text),
            token.expires().atOffset(ZoneOffset.UTC),
            false)
        .update();
    return text;
  }

  private Optional<Row> find(String text) {
    return jdbc.sql(
            "select id, user_id, family, expires, used, deleted from refresh_token where hash = ?")
        .param(Secrets.hash(text))
        .query(
            (row, _) ->
                new Row(
                    row.getObject("id", UUID.class),
                    new Used(
                        row.getString("user_id"),
                        row.getObject("family", UUID.class),
                        Columns.moment(row, "expires")),
                    row.getBoolean("used"),
                    row.getBoolean("deleted")))
        .optional();
  }
}
