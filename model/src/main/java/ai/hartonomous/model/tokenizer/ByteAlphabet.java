package ai.hartonomous.model.tokenizer;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/// The characters that stand for bytes in byte-level vocabularies: printable Latin-1 characters
/// stand for themselves, all others for characters from U+0100 on. Source: Radford et al.,
/// "Language Models are Unsupervised Multitask Learners", 2019 (GPT-2), `bytes_to_unicode` in its
/// published code.
final class ByteAlphabet {

  private static final char[] CHARACTERS = characters();
  private static final int[] BYTES = bytes();

  private ByteAlphabet() {}

  private static char[] characters() {
    char[] characters = new char[256];
    char next = 256;
    for (int value = 0; value < 256; value++) {
      boolean printable =
          (value >= '!' && value <= '~') || (value >= 0xA1 && value <= 0xFF && value != 0xAD);
      characters[value] = printable ? (char) value : next++;
    }
    return characters;
  }

  private static int[] bytes() {
    int[] bytes = new int[512];
    Arrays.fill(bytes, -1);
    for (int value = 0; value < 256; value++) {
      bytes[CHARACTERS[value]] = value;
    }
    return bytes;
  }

  /// {@return the UTF-8 bytes of `text`, each as its character}
  static String encode(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    char[] out = new char[bytes.length];
    for (int i = 0; i < out.length; i++) {
      out[i] = CHARACTERS[bytes[i] & 0xFF];
    }
    return new String(out);
  }

  /// Writes the bytes that `token` stands for; characters outside the alphabet stand for their own
  /// UTF-8 bytes.
  static void decode(String token, ByteArrayOutputStream out) {
    token
        .codePoints()
        .forEach(
            character -> {
              if (character < BYTES.length && BYTES[character] >= 0) {
                out.write(BYTES[character]);
              } else {
                out.writeBytes(Character.toString(character).getBytes(StandardCharsets.UTF_8));
              }
            });
  }

  /// {@return the text of one token, half characters as U+FFFD}
  static String text(String token) {
    var out = new ByteArrayOutputStream(token.length());
    decode(token, out);
    return out.toString(StandardCharsets.UTF_8);
  }
}
