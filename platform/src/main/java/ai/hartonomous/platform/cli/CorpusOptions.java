package ai.hartonomous.platform.cli;

import ai.hartonomous.interpret.capture.Corpus;
import ai.hartonomous.interpret.capture.CorpusText;
import ai.hartonomous.interpret.capture.DocumentSource;
import ai.hartonomous.interpret.capture.Packing;
import ai.hartonomous.model.tokenizer.Tokenizer;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.Option;

/// Which text a model reads.
final class CorpusOptions {
  private static final Pattern SPAN = Pattern.compile("(\\d{1,18})-(\\d{1,18})");

  @Option(
      names = "--corpus",
      required = true,
      paramLabel = "FILE",
      description =
          "Text; .jsonl: one object in each line. May be given several times; the files are read"
              + " in this order.")
  private List<Path> files = List.of();

  @Option(
      names = "--separator",
      paramLabel = "TEXT",
      defaultValue = "<|endoftext|>",
      description = "What stands between documents of text (default: ${DEFAULT-VALUE}).")
  private String separator = "";

  @Option(
      names = "--field",
      paramLabel = "NAME",
      defaultValue = "text",
      description = "Field of .jsonl files that holds the text (default: ${DEFAULT-VALUE}).")
  private String field = "";

  @Option(
      names = "--length",
      paramLabel = "N",
      defaultValue = "256",
      description = "Longest sequence that the model reads at once (default: ${DEFAULT-VALUE}).")
  private int length;

  @Option(
      names = "--documents",
      paramLabel = "FROM-TO",
      description =
          "Which documents, from 0, TO not included, counted over all files (default: all). May be"
              + " given several times, rising.")
  private List<String> documents = List.of();

  /// {@return the text, documents apart; the first position of each does not count}
  ///
  /// @throws IllegalArgumentException if an option is out of range
  CorpusText text(Tokenizer tokenizer) {
    CorpusText all = text(files, tokenizer);
    if (documents.isEmpty()) {
      return all;
    }
    List<Corpus.Span> spans = documents.stream().map(CorpusOptions::span).toList();
    return new CorpusText(all.corpus().only(spans), all.packing());
  }

  private static Corpus.Span span(String text) {
    Matcher matcher = SPAN.matcher(text);
    if (!matcher.matches()) {
      throw new IllegalArgumentException("--documents: expected FROM-TO, found " + text);
    }
    return new Corpus.Span(Long.parseLong(matcher.group(1)), Long.parseLong(matcher.group(2)));
  }

  /// {@return other files, read the same way}
  CorpusText text(List<Path> others, Tokenizer tokenizer) {
    List<DocumentSource> sources = others.stream().map(this::source).toList();
    return new CorpusText(Corpus.of(sources, tokenizer), Packing.separated(length, tokenizer));
  }

  private DocumentSource source(Path file) {
    return file.toString().endsWith(".jsonl")
        ? new DocumentSource.JsonLines(file, field)
        : new DocumentSource.Text(file, separator);
  }
}
