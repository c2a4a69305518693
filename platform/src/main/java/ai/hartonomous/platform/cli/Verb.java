package ai.hartonomous.platform.cli;

import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/// A verb of the command line that is one request to a running server.
///
/// @param words what is typed, such as `budget set`
/// @param method of the request
/// @param path of the request; `{name}` stands for the input of that name
/// @param summary what it does, in words
/// @param inputs what it is told
/// @param answer what it prints
/// @param example options and words of a good use
record Verb(
    String words,
    Method method,
    String path,
    String summary,
    List<Input> inputs,
    Answer answer,
    String example) {

  /// Methods of requests.
  enum Method {
    /// Asks for a thing.
    GET,
    /// Asks for all pages of a list.
    LIST,
    /// Makes or does something.
    POST,
    /// Sets something.
    PUT,
    /// Ends something.
    DELETE
  }

  /// What is printed of an answer. Names of fields with a dot lie one level deeper.
  ///
  /// @param fields fields of the answer, one on each line
  /// @param list the field with things to be shown as a table; empty for none
  /// @param columns fields of these things
  /// @param done what is printed where the answer is empty
  /// @param line prints a thing in one line, in place of all of that; or null
  record Answer(
      List<String> fields,
      String list,
      List<String> columns,
      String done,
      @Nullable Function<JsonNode, String> line) {

    /// {@return the answer with the same fields and a table below them}
    Answer above(String name, String... names) {
      return new Answer(fields, name, List.of(names), done, line);
    }
  }

  /// {@return what prints fields of one thing}
  static Answer fields(String... names) {
    return new Answer(List.of(names), "", List.of(), "", null);
  }

  /// {@return what prints a list as a table}
  static Answer table(String... names) {
    return new Answer(List.of(), "items", List.of(names), "", null);
  }

  /// {@return what prints a word where there is nothing else to print}
  static Answer done(String word) {
    return new Answer(List.of(), "", List.of(), word, null);
  }

  /// {@return what prints each thing in one line}
  static Answer lines(Function<JsonNode, String> line) {
    return new Answer(List.of(), "", List.of(), "", line);
  }

  /// {@return a verb without inputs}
  static Verb of(String words, Method method, String path, String summary) {
    return new Verb(words, method, path, summary, List.of(), done("Done."), "");
  }

  /// {@return the same with inputs}
  Verb with(Input... told) {
    return new Verb(words, method, path, summary, List.of(told), answer, example);
  }

  /// {@return the same with what it prints}
  Verb prints(Answer printed) {
    return new Verb(words, method, path, summary, inputs, printed, example);
  }

  /// {@return the same with an example, without the words of the verb}
  Verb example(String text) {
    return new Verb(words, method, path, summary, inputs, answer, text);
  }
}
