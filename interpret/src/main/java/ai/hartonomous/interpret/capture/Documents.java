package ai.hartonomous.interpret.capture;

import ai.hartonomous.model.checkpoint.FileFormatException;
import ai.hartonomous.model.tokenizer.Tokenizer;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.Reader;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Reads the documents of one file, one after the other.
final class Documents implements AutoCloseable {
  static final int LONGEST_TEXT = 1 << 20;
  static final int LONGEST_LINE = 1 << 24;
  private static final int CHUNK = 1 << 14;
  private static final JsonMapper JSON = new JsonMapper();

  private final DocumentSource source;
  private final @Nullable Tokenizer tokenizer;
  private final Reader reader;
  private final char[] chunk = new char[CHUNK];
  private final StringBuilder ahead = new StringBuilder();
  private long line;
  private long characters;
  private boolean ended;

  private Documents(DocumentSource source, @Nullable Tokenizer tokenizer, Reader reader) {
    this.source = source;
    this.tokenizer = tokenizer;
    this.reader = reader;
  }

  /// Opens a file; the caller closes it.
  static Documents open(DocumentSource source, @Nullable Tokenizer tokenizer) throws IOException {
    if (tokenizer == null && !(source instanceof DocumentSource.TokenIds)) {
      throw new IllegalArgumentException("text needs a tokenizer: " + source.file());
    }
    var decoder =
        StandardCharsets.UTF_8
            .newDecoder()
            .onMalformedInput(CodingErrorAction.REPORT)
            .onUnmappableCharacter(CodingErrorAction.REPORT);
    var in = new InputStreamReader(Files.newInputStream(source.file()), decoder);
    return new Documents(source, tokenizer, new BufferedReader(in, CHUNK));
  }

  /// {@return token ids of the next document, without begin or end token; empty at the end}
  Optional<int[]> next() throws IOException {
    try {
      return switch (source) {
        case DocumentSource.Text text -> nextText(text.separator()).map(this::encode);
        case DocumentSource.JsonLines lines -> nextField(lines.field());
        case DocumentSource.TokenIds _ -> nextIds();
      };
    } catch (CharacterCodingException e) {
      String place = line > 0 ? "line " + (line + 1) : "character " + characters;
      var failure = new CaptureException(source.file(), "after " + place, "UTF-8", "other bytes");
      failure.initCause(e);
      throw failure;
    }
  }

  private int[] encode(String text) {
    if (tokenizer == null) {
      throw new IllegalStateException("checked when it was opened");
    }
    return tokenizer.encode(text);
  }

  private Optional<String> nextText(String separator) throws IOException {
    while (true) {
      int end = findSeparator(separator);
      int next = end + separator.length();
      if (end < 0 || end > LONGEST_TEXT) {
        end = ahead.length() <= LONGEST_TEXT ? ahead.length() : lastSpace();
        next = end;
      }
      String text = ahead.substring(0, end).strip();
      ahead.delete(0, next);
      if (!text.isEmpty()) {
        return Optional.of(text);
      }
      if (ended && ahead.isEmpty()) {
        return Optional.empty();
      }
    }
  }

  /// Reads no further than to the separator, or to where the document would be too long.
  ///
  /// @return where it stands, or -1
  private int findSeparator(String separator) throws IOException {
    int searched = 0;
    while (true) {
      int found = separator.isEmpty() ? -1 : ahead.indexOf(separator, searched);
      if (found >= 0 || ended || ahead.length() >= LONGEST_TEXT + separator.length()) {
        return found;
      }
      searched = Math.max(0, ahead.length() - separator.length() + 1);
      readChunk();
    }
  }

  /// {@return where to cut a text that is too long: after the last white space that leaves at least
  /// half of it}
  private int lastSpace() {
    for (int i = LONGEST_TEXT; i > LONGEST_TEXT / 2; i--) {
      if (Character.isWhitespace(ahead.charAt(i - 1))) {
        return i;
      }
    }
    boolean splitsPair = Character.isHighSurrogate(ahead.charAt(LONGEST_TEXT - 1));
    return splitsPair ? LONGEST_TEXT - 1 : LONGEST_TEXT;
  }

  private void readChunk() throws IOException {
    int read = reader.read(chunk);
    ended = read < 0;
    ahead.append(chunk, 0, Math.max(0, read));
    characters += Math.max(0, read);
  }

  /// {@return the next line that is not empty}
  private Optional<String> nextLine() throws IOException {
    for (String text = readLine(); text != null; text = readLine()) {
      line++;
      if (!text.isBlank()) {
        return Optional.of(text);
      }
    }
    return Optional.empty();
  }

  private @Nullable String readLine() throws IOException {
    int end = ahead.indexOf("\n");
    while (end < 0 && !ended) {
      if (ahead.length() > LONGEST_LINE) {
        throw fault(line + 1, "at most %d characters".formatted(LONGEST_LINE), "more");
      }
      int from = ahead.length();
      readChunk();
      end = ahead.indexOf("\n", from);
    }
    if (ahead.isEmpty()) {
      return null;
    }
    int length = end < 0 ? ahead.length() : end;
    String text = ahead.substring(0, length);
    ahead.delete(0, Math.min(ahead.length(), length + 1));
    return text;
  }

  private Optional<int[]> nextField(String field) throws IOException {
    Optional<String> text = nextLine();
    if (text.isEmpty()) {
      return Optional.empty();
    }
    JsonNode value = parse(text.get()).path(field);
    if (!value.isString()) {
      String found = value.isMissingNode() ? "none" : FileFormatException.quote(value.toString());
      throw fault(line, "a text in field " + FileFormatException.quote(field), found);
    }
    return Optional.of(encode(value.asString()));
  }

  private JsonNode parse(String text) throws CaptureException {
    try {
      return JSON.readTree(text);
    } catch (JacksonException e) {
      CaptureException failure = fault(line, "JSON", FileFormatException.quote(text));
      failure.initCause(e);
      throw failure;
    }
  }

  private Optional<int[]> nextIds() throws IOException {
    Optional<String> text = nextLine();
    if (text.isEmpty()) {
      return Optional.empty();
    }
    String stripped = text.get().strip();
    boolean list = stripped.startsWith("[") && stripped.endsWith("]");
    String inner = list ? stripped.substring(1, stripped.length() - 1).strip() : stripped;
    String[] words = inner.isEmpty() ? new String[0] : inner.split(list ? "\\s*,\\s*" : "\\s+");
    int[] ids = new int[words.length];
    for (int i = 0; i < ids.length; i++) {
      ids[i] = id(words[i]);
    }
    return Optional.of(ids);
  }

  private int id(String word) throws CaptureException {
    try {
      int id = Integer.parseInt(word);
      if (id >= 0) {
        return id;
      }
    } catch (NumberFormatException _) {
      // told below
    }
    throw fault(line, "a token id", FileFormatException.quote(word));
  }

  private CaptureException fault(long at, String expected, String found) {
    Path file = source.file();
    return new CaptureException(file, "line " + at, expected, found);
  }

  @Override
  public void close() throws IOException {
    reader.close();
  }
}
