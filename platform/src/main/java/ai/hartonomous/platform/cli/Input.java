package ai.hartonomous.platform.cli;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// Something that a verb is told and its request has.
///
/// @param name of the option, such as `tax-code`; the request has it as `taxCode`
/// @param place where the request has it
/// @param type what the text is made into
/// @param required whether the verb is wrong without it
/// @param usual what it is where nothing is said; null for nothing
/// @param choices all that it can be; empty for anything of the type
/// @param summary what it means, in words
record Input(
    String name,
    Place place,
    Class<?> type,
    boolean required,
    @Nullable String usual,
    List<String> choices,
    String summary) {

  /// Where a request has what it is told.
  enum Place {
    /// In the path: a word without an option's name.
    PATH,
    /// Among the parameters.
    QUERY,
    /// In the body.
    BODY,
    /// In the body: a word without an option's name.
    WORD,
    /// In the body, always the same and never asked for.
    FIXED,
    /// As the parameter `user` of the same route below `/v1/admin`.
    OTHER_USER
  }

  /// {@return an option that must be there, for the body}
  static Input of(String name, Class<?> type, String summary) {
    return new Input(name, Place.BODY, type, true, null, List.of(), summary);
  }

  /// {@return a text that must be there, for the body}
  static Input text(String name, String summary) {
    return of(name, String.class, summary);
  }

  /// {@return a word for the path}
  static Input path(String name, Class<?> type, String summary) {
    return new Input(name, Place.PATH, type, true, null, List.of(), summary);
  }

  /// {@return a word for the body}
  static Input word(String name, Class<?> type, String summary) {
    return new Input(name, Place.WORD, type, true, null, List.of(), summary);
  }

  /// {@return what the body says whatever the verb is told}
  static Input fixed(String name, boolean value) {
    return new Input(name, Place.FIXED, Boolean.class, false, String.valueOf(value), List.of(), "");
  }

  /// {@return the option with which administrators do it for somebody else}
  static Input otherUser(String summary) {
    return new Input("user", Place.OTHER_USER, String.class, false, null, List.of(), summary);
  }

  /// {@return the same as a parameter of the path}
  Input inQuery() {
    return new Input(name, Place.QUERY, type, required, usual, choices, summary);
  }

  /// {@return the same, which may be left out}
  Input optional() {
    return new Input(name, place, type, false, usual, choices, summary);
  }

  /// {@return the same with what it is where nothing is said}
  Input usually(String value) {
    return new Input(name, place, type, false, value, choices, summary);
  }

  /// {@return the same, which can be nothing else}
  Input among(String... values) {
    return new Input(name, place, type, required, usual, List.of(values), summary);
  }

  /// {@return its name in requests}
  String field() {
    var text = new StringBuilder();
    for (String word : name.split("-")) {
      text.append(
          text.isEmpty() ? word : Character.toUpperCase(word.charAt(0)) + word.substring(1));
    }
    return text.toString();
  }
}
