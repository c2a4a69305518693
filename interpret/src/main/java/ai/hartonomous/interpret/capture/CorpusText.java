package ai.hartonomous.interpret.capture;

import java.io.IOException;

/// Documents, and how they become sequences.
///
/// @param corpus documents
/// @param packing how they become sequences, and which tokens count
public record CorpusText(Corpus corpus, Packing packing) {

  /// {@return the same text for the same sequences; reads all files once}
  ///
  /// @throws IOException if a file cannot be read
  String identity() throws IOException {
    return "corpus %s, %s".formatted(corpus.hash(), packing.text());
  }
}
