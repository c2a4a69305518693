package ai.hartonomous.model.checkpoint;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.TokenStreamLocation;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// JSON as this package reads it: no duplicate names, no comments, nothing after the end, and
/// bounds on depth and lengths.
final class StrictJson {
  private static final int MAX_DEPTH = 64;
  private static final int MAX_NUMBER = 100;
  private static final int MAX_NAME = 4096;

  private static final JsonFactory FACTORY =
      JsonFactory.builder()
          .streamReadConstraints(
              StreamReadConstraints.builder()
                  .maxNestingDepth(MAX_DEPTH)
                  .maxNumberLength(MAX_NUMBER)
                  .maxNameLength(MAX_NAME)
                  .build())
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .build();

  private static final JsonMapper MAPPER =
      JsonMapper.builder(FACTORY).enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS).build();

  private StrictJson() {}

  /// {@return a parser of a stream; the caller closes it}
  ///
  /// @param in UTF-8 text
  static JsonParser parser(InputStream in) {
    return FACTORY.createParser(tools.jackson.core.ObjectReadContext.empty(), in);
  }

  /// Reads a whole file.
  ///
  /// @param file a regular file
  /// @param maxBytes largest file to accept
  /// @return its root object
  /// @throws CheckpointException if it is too long, not JSON, or not an object
  static ConfigObject read(Path file, long maxBytes) throws IOException {
    long size = Files.size(file);
    if (size > maxBytes) {
      throw new CheckpointException(file, "end", "at most %d bytes".formatted(maxBytes), "" + size);
    }
    return parse(file, "", Files.readAllBytes(file));
  }

  /// Parses an object.
  ///
  /// @param file where the text is from
  /// @param place where in the file, as a prefix of keys; empty for the whole file
  /// @param utf8 the text
  /// @throws CheckpointException if it is not a JSON object
  static ConfigObject parse(Path file, String place, byte[] utf8) throws CheckpointException {
    JsonNode root;
    try {
      root = MAPPER.readTree(utf8);
    } catch (JacksonException e) {
      throw malformed(file, e);
    }
    if (!root.isObject()) {
      throw new CheckpointException(
          file, "start", "a JSON object", root.isMissingNode() ? "nothing" : "another value");
    }
    return new ConfigObject(file, place, root);
  }

  /// {@return the failure of a parser as ours}
  ///
  /// @param file what was parsed
  /// @param e what the parser said
  static CheckpointException malformed(Path file, JacksonException e) {
    TokenStreamLocation at = e.getLocation();
    String place =
        at == null ? "JSON" : "line %d, column %d".formatted(at.getLineNr(), at.getColumnNr());
    var failure =
        new CheckpointException(
            file,
            place,
            "JSON without duplicates",
            FileFormatException.quote(e.getOriginalMessage()));
    failure.initCause(e);
    return failure;
  }
}
