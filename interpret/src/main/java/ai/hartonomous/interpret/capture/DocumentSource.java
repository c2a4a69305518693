package ai.hartonomous.interpret.capture;

import java.nio.file.Path;

/// A file of documents. All are read as UTF-8, as a stream; none is held as a whole.
public sealed interface DocumentSource {

  /// {@return the file}
  Path file();

  /// Plain text. White space around a document is left out, and so is an empty document. A document
  /// of more than 1,048,576 characters is cut at white space into several.
  ///
  /// @param file the file
  /// @param separator text between documents, such as `<|endoftext|>`; empty where the file is one
  record Text(Path file, String separator) implements DocumentSource {}

  /// One JSON object in each line, of at most 16,777,216 characters; the text stands in one of its
  /// fields. Empty lines are left out.
  ///
  /// @param file the file
  /// @param field name of the field, a text in every line
  record JsonLines(Path file, String field) implements DocumentSource {}

  /// Token ids, one document in each line of at most 16,777,216 characters: between white space, or
  /// as a JSON list. Empty lines are left out.
  ///
  /// @param file the file
  record TokenIds(Path file) implements DocumentSource {}
}
