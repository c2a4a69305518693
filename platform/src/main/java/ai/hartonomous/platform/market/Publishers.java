package ai.hartonomous.platform.market;

import ai.hartonomous.platform.tenant.Columns;
import ai.hartonomous.platform.web.Problem;
import java.util.List;
import java.util.Optional;
import org.springframework.dao.DuplicateKeyException;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/// Under which names users publish. Everybody may know these names, and nobody learns from them
/// what a publisher is called when they log in. Plain SQL: every statement names user or handle.
@Component
class Publishers {

  private final JdbcClient jdbc;

  Publishers(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  /// A publisher.
  ///
  /// @param handle the first half of the names of its listings
  /// @param name in words
  /// @param verified whether an administrator knows who that is
  record Publisher(String handle, String name, boolean verified) {}

  Optional<Publisher> ofUser(String user) {
    return find("user_id", user);
  }

  Optional<Publisher> ofHandle(String handle) {
    return find("handle", handle);
  }

  private Optional<Publisher> find(String column, String value) {
    return jdbc.sql("select handle, name, verified from publisher where " + column + " = ?")
        .param(value)
        .query(
            (row, _) ->
                new Publisher(
                    row.getString("handle"), row.getString("name"), row.getBoolean("verified")))
        .optional();
  }

  /// {@return who a publisher is}
  Optional<String> user(String handle) {
    return jdbc.sql("select user_id from publisher where handle = ?")
        .param(handle)
        .query(String.class)
        .optional();
  }

  /// Makes a user a publisher, or changes the name in words.
  ///
  /// @throws ai.hartonomous.platform.web.ProblemException with status 409 if the handle is
  ///   another's, or the user has another one
  Publisher set(String user, String handle, String name) {
    Publisher before = ofUser(user).orElse(null);
    if (before != null && !before.handle().equals(handle)) {
      throw Problem.conflict("You publish as %s; that never changes.".formatted(before.handle()));
    }
    if (before == null) {
      insert(user, handle, name);
    } else {
      jdbc.sql("update publisher set name = ?, updated = ? where user_id = ?")
          .params(name, Columns.now(), user)
          .update();
    }
    return ofUser(user).orElseThrow();
  }

  private void insert(String user, String handle, String name) {
    try {
      jdbc.sql(
              "insert into publisher (id, user_id, created, updated, deleted, handle, name,"
                  + " verified) values (?, ?, ?, ?, ?, ?, ?, ?)")
          .params(
              List.of(Columns.id(), user, Columns.now(), Columns.now(), false, handle, name, false))
          .update();
    } catch (DuplicateKeyException _) {
      throw Problem.conflict("The handle %s is taken.".formatted(handle));
    }
  }

  /// Says whether an administrator knows who a publisher is.
  ///
  /// @return whether there is such a publisher
  boolean verify(String handle, boolean verified) {
    return jdbc.sql("update publisher set verified = ?, updated = ? where handle = ?")
            .params(verified, Columns.now(), handle)
            .update()
        == 1;
  }
}
