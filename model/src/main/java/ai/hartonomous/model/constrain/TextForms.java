package ai.hartonomous.model.constrain;

import ai.hartonomous.model.constrain.Form.Repeat;
import java.nio.charset.StandardCharsets;

/// Forms of characters in UTF-8. Source: The Unicode Standard, table 3-7, well-formed byte
/// sequences.
final class TextForms {

  private static final int LAST_ASCII = 0x7F;

  private final Forms forms;
  private final int tail; // a byte after the first of a character

  TextForms(Forms forms) {
    this.forms = forms;
    tail = bytes(0x80, 0xBF);
  }

  private int bytes(int from, int to) {
    return forms.oneOf(ByteSet.range(from, to));
  }

  /// {@return one character outside ASCII}
  int beyondAscii() {
    return forms.choice(
        forms.sequence(bytes(0xC2, 0xDF), tail),
        forms.sequence(bytes(0xE0, 0xE0), bytes(0xA0, 0xBF), tail),
        forms.sequence(bytes(0xE1, 0xEC), tail, tail),
        forms.sequence(bytes(0xED, 0xED), bytes(0x80, 0x9F), tail),
        forms.sequence(bytes(0xEE, 0xEF), tail, tail),
        forms.sequence(bytes(0xF0, 0xF0), bytes(0x90, 0xBF), tail, tail),
        forms.sequence(bytes(0xF1, 0xF3), tail, tail, tail),
        forms.sequence(bytes(0xF4, 0xF4), bytes(0x80, 0x8F), tail, tail));
  }

  /// {@return any text}
  int anyText() {
    int character = forms.choice(bytes(0, LAST_ASCII), beyondAscii());
    return forms.repeat(character, 0, Repeat.EVER);
  }

  /// {@return any text that does not begin with `mark`}
  ///
  /// @param mark ASCII, so that what differs from it begins a character
  int anyTextBut(String mark) {
    byte[] bytes = mark.getBytes(StandardCharsets.UTF_8);
    int any = anyText();
    int other = beyondAscii();
    int all = forms.oneOf(ByteSet.NONE); // nothing follows the whole mark
    for (int at = bytes.length - 1; at >= 0; at--) {
      int own = bytes[at];
      ByteSet others = ByteSet.range(0, LAST_ASCII).without(ByteSet.range(own, own));
      int differs = forms.sequence(forms.choice(forms.oneOf(others), other), any);
      all =
          forms.choice(
              Forms.EMPTY, differs, forms.sequence(forms.oneOf(ByteSet.range(own, own)), all));
    }
    return all;
  }
}
