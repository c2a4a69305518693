package ai.hartonomous.model.tokenizer;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;

/// Replacements of character sequences, as SentencePiece compiles them (`precompiled_charsmap`):
///
/// | field | type | meaning |
/// |---|---|---|
/// | size | uint32, little-endian | bytes of the next field, a multiple of 4 |
/// | units | uint32 each, little-endian | double-array trie over UTF-8 bytes (Darts-clone) |
/// | texts | bytes | replacements, each ended by a zero byte |
///
/// A unit holds: bits 0-7 the byte that leads to it; bit 8 whether a key ends here; bits 10-30 the
/// distance to its children, times 256 where bit 9 is set; or, where bit 31 is set, the value of a
/// key: an offset into the texts.
final class CharacterMap {

  private static final String PLACE = "precompiled_charsmap";

  private final int[] units;
  private final byte[] texts;

  private CharacterMap(int[] units, byte[] texts) {
    this.units = units;
    this.texts = texts;
  }

  /// {@return the map}
  ///
  /// @param bytes the compiled form
  /// @param file named in errors
  /// @throws TokenizerException if a reachable unit points outside the trie or the texts
  static CharacterMap parse(byte[] bytes, Path file) throws IOException {
    ByteBuffer buffer = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    long size = bytes.length < 4 ? -1 : Integer.toUnsignedLong(buffer.getInt());
    if (size < 4 || size % 4 != 0 || size > bytes.length - 4) {
      throw new TokenizerException(
          file, PLACE, "whole trie units within %d bytes".formatted(bytes.length), size + " bytes");
    }
    int[] units = new int[(int) (size / 4)];
    buffer.asIntBuffer().get(units);
    byte[] texts = Arrays.copyOfRange(bytes, 4 + (int) size, bytes.length);
    if (texts.length > 0 && texts[texts.length - 1] != 0) {
      throw new TokenizerException(file, PLACE, "texts ended by a zero byte", "no end");
    }
    checkUnits(units, texts, file);
    return new CharacterMap(units, texts);
  }

  /// Every step of a search must stay inside, whatever the text.
  private static void checkUnits(int[] units, byte[] texts, Path file) throws IOException {
    for (int i = 0; i < units.length; i++) {
      if (units[i] < 0) {
        continue; // a value; its place is checked by the unit that leads to it
      }
      int children = i ^ offset(units[i]);
      boolean used = units[i] != 0;
      if (used && (children | 0xFF) >= units.length) {
        throw new TokenizerException(
            file, PLACE + " unit " + i, "children below " + units.length, "at " + children);
      }
      if (used && hasKey(units[i])) {
        int value = units[children] & Integer.MAX_VALUE;
        boolean inside = value < texts.length && (value == 0 || (texts[value] & 0xC0) != 0x80);
        if (!inside) {
          throw new TokenizerException(
              file, PLACE + " unit " + i, "a text below " + texts.length, "at " + value);
        }
      }
    }
  }

  private static int offset(int unit) {
    return (unit >>> 10) << ((unit & 0x200) >>> 6);
  }

  private static boolean hasKey(int unit) {
    return (unit & 0x100) != 0;
  }

  /// A replacement.
  ///
  /// @param bytes how many bytes of the text it replaces
  /// @param text what stands there instead
  record Match(int bytes, String text) {
    static final Match NONE = new Match(0, "");
  }

  /// {@return the replacement of the longest key that begins at `at`, or {@link Match#NONE}}
  ///
  /// @param text UTF-8
  /// @param at place in it
  Match longest(byte[] text, int at) {
    int node = offset(units[0]);
    int length = 0;
    int value = 0;
    for (int i = at; i < text.length; i++) {
      node ^= text[i] & 0xFF;
      if (node >= units.length || (units[node] & 0x8000_00FF) != (text[i] & 0xFF)) {
        break;
      }
      int unit = units[node];
      node ^= offset(unit);
      if (hasKey(unit)) {
        length = i + 1 - at;
        value = units[node] & Integer.MAX_VALUE;
      }
    }
    if (length == 0) {
      return Match.NONE;
    }
    int end = value;
    while (texts[end] != 0) {
      end++;
    }
    return new Match(length, new String(texts, value, end - value, StandardCharsets.UTF_8));
  }
}
