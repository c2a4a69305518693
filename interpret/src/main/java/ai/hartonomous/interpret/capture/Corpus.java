package ai.hartonomous.interpret.capture;

import ai.hartonomous.model.tokenizer.Tokenizer;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// Documents to run a model on, always in the same order: those of one file after those of the file
/// before it.
public final class Corpus {
  private final List<DocumentSource> sources;
  private final @Nullable Tokenizer tokenizer;
  private final List<Span> spans;
  private @Nullable String hash;

  /// Documents in a row, counted from 0 over all files of a corpus.
  ///
  /// @param from number of the first one
  /// @param to number after the last one
  public record Span(long from, long to) {
    /// Checks the order.
    ///
    /// @throws IllegalArgumentException if it is empty or begins below 0
    public Span {
      if (from < 0 || to <= from) {
        throw new IllegalArgumentException("no documents from %d to %d".formatted(from, to));
      }
    }
  }

  private Corpus(List<DocumentSource> sources, @Nullable Tokenizer tokenizer, List<Span> spans) {
    this.sources = List.copyOf(sources);
    this.tokenizer = tokenizer;
    this.spans = List.copyOf(spans);
    if (sources.isEmpty()) {
      throw new IllegalArgumentException("a corpus needs a file");
    }
    for (int i = 1; i < spans.size(); i++) {
      if (spans.get(i).from() < spans.get(i - 1).to()) {
        throw new IllegalArgumentException("spans of documents must rise: " + spans);
      }
    }
  }

  /// {@return all documents of some files}
  ///
  /// @param sources the files, at least one
  /// @param tokenizer turns text into ids
  public static Corpus of(List<? extends DocumentSource> sources, Tokenizer tokenizer) {
    return new Corpus(List.copyOf(sources), tokenizer, List.of());
  }

  /// {@return all documents of some files of token ids}
  ///
  /// @param sources the files, at least one
  public static Corpus ofIds(List<DocumentSource.TokenIds> sources) {
    return new Corpus(List.copyOf(sources), null, List.of());
  }

  /// {@return some of these documents, such as those held out from training}
  ///
  /// @param chosen which ones, rising; none for all
  /// @throws IllegalArgumentException if the spans do not rise
  public Corpus only(List<Span> chosen) {
    return new Corpus(sources, tokenizer, chosen);
  }

  /// Reads all files once.
  ///
  /// @return SHA-256 over the bytes of all files, how they are read, the vocabulary, and which
  ///   documents count; 64 hexadecimal digits
  /// @throws IOException if a file cannot be read
  public String hash() throws IOException {
    String known = hash;
    if (known == null) {
      var text = new StringBuilder();
      for (DocumentSource source : sources) {
        text.append(kind(source)).append('\0').append(Digests.ofFile(source.file())).append('\0');
      }
      text.append(tokenizer == null ? "ids" : tokenizer.contentHash()).append('\0');
      text.append(
          spans.stream().map(s -> s.from() + "-" + s.to()).collect(Collectors.joining(",")));
      known = Digests.ofText(text.toString());
      hash = known;
    }
    return known;
  }

  private static String kind(DocumentSource source) {
    return switch (source) {
      case DocumentSource.Text text -> "text\0" + text.separator();
      case DocumentSource.JsonLines lines -> "jsonl\0" + lines.field();
      case DocumentSource.TokenIds _ -> "ids";
    };
  }

  /// {@return a reader that stands before the first document; the caller closes it}
  ///
  /// @throws IOException if the first file cannot be opened
  Reader open() throws IOException {
    return new Reader();
  }

  /// Goes through the documents once.
  final class Reader implements AutoCloseable {
    private int file;
    private int span;
    private long number;
    private Documents documents = Documents.open(sources.getFirst(), tokenizer);

    private Reader() throws IOException {}

    /// {@return ids of the next document, at least one; empty at the end}
    Optional<int[]> next() throws IOException {
      while (spans.isEmpty() || span < spans.size()) {
        Optional<int[]> document = documents.next();
        if (document.isPresent()) {
          if (isChosen(number++) && document.get().length > 0) {
            return document;
          }
        } else if (file + 1 < sources.size()) {
          documents.close();
          documents = Documents.open(sources.get(++file), tokenizer);
        } else {
          return Optional.empty();
        }
      }
      return Optional.empty();
    }

    private boolean isChosen(long at) {
      if (spans.isEmpty()) {
        return true;
      }
      boolean chosen = at >= spans.get(span).from();
      if (at + 1 == spans.get(span).to()) {
        span++;
      }
      return chosen;
    }

    @Override
    public void close() throws IOException {
      documents.close();
    }
  }
}
