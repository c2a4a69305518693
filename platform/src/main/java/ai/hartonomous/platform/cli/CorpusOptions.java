package ai.hartonomous.platform.cli;

import ai.hartonomous.interpret.capture.Corpus;
import ai.hartonomous.interpret.capture.Corpus.Span;
import ai.hartonomous.interpret.capture.CorpusText;
import ai.hartonomous.interpret.capture.DocumentSource;
import ai.hartonomous.interpret.capture.Packing;
import ai.hartonomous.model.tokenizer.Tokenizer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.Spec.Target;

/// Which text a model reads.
final class CorpusOptions {
  private static final Pattern SPAN = Pattern.compile("(\\d{1,18})-(\\d{1,18})");

  @Spec(Target.MIXEE)
  private CommandSpec spec;

  @Option(
      names = "--corpus",
      required = true,
      paramLabel = "FILE",
      description =
          "Text; .jsonl: one object in each line; .ids: token ids, a document in each line. May be"
              + " given several times; the files are read in this order.")
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
      split = ",",
      paramLabel = "FROM-TO",
      description =
          "Which documents, from 0, TO not included, counted over all files, such as"
              + " 0-5,1015-1030 (default: all).")
  private List<String> documents = List.of();

  @Option(
      names = "--packed",
      description = "Documents share sequences (default: each has its own).")
  private boolean packed;

  @Option(
      names = "--leading",
      paramLabel = "N",
      defaultValue = "1",
      description =
          "Positions at the start of every sequence that do not count (default: ${DEFAULT-VALUE}).")
  private int leading;

  /// {@return the text}
  CorpusText text(Tokenizer tokenizer) {
    return text(files, spans(documents), tokenizer);
  }

  /// {@return all of other files, read the same way}
  CorpusText text(List<Path> others, Tokenizer tokenizer) {
    return text(others, List.of(), tokenizer);
  }

  /// {@return other documents of the same files}
  CorpusText textOf(List<String> others, Tokenizer tokenizer) {
    return text(files, spans(others), tokenizer);
  }

  /// {@return the files}
  List<Path> files() {
    return List.copyOf(files);
  }

  private CorpusText text(List<Path> chosen, List<Span> spans, Tokenizer tokenizer) {
    List<DocumentSource> sources = chosen.stream().map(this::source).toList();
    try {
      Packing packing =
          packed ? Packing.packed(length, tokenizer) : Packing.separated(length, tokenizer);
      Corpus corpus = Corpus.of(sources, tokenizer).only(spans);
      return new CorpusText(corpus, packing.withLeading(leading));
    } catch (IllegalArgumentException e) {
      throw new ParameterException(spec.commandLine(), "" + e.getMessage());
    }
  }

  private DocumentSource source(Path file) {
    String name = file.toString();
    if (name.endsWith(".ids")) {
      return new DocumentSource.TokenIds(file);
    }
    return name.endsWith(".jsonl")
        ? new DocumentSource.JsonLines(file, field)
        : new DocumentSource.Text(file, separator);
  }

  private List<Span> spans(List<String> texts) {
    List<Span> spans = new ArrayList<>();
    for (String text : texts) {
      Matcher matcher = SPAN.matcher(text);
      if (!matcher.matches()) {
        throw new ParameterException(
            spec.commandLine(), "'%s' is no span of documents such as 0-5".formatted(text));
      }
      try {
        long from = Long.parseLong(matcher.group(1));
        spans.add(new Span(from, Long.parseLong(matcher.group(2))));
      } catch (IllegalArgumentException e) {
        throw new ParameterException(spec.commandLine(), "" + e.getMessage());
      }
    }
    return spans;
  }
}
