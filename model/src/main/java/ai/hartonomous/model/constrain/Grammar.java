package ai.hartonomous.model.constrain;

import ai.hartonomous.model.constrain.Form.Repeat;
import ai.hartonomous.model.constrain.Vocabulary.Mask;
import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.Map;

/// A rule for one vocabulary. Any number of texts on any threads may follow it at once; what one
/// finds out about a state the others use. Its memory is bounded: about 8 MB.
public final class Grammar {

  private static final int MOST_FORMS = 1 << 16;
  private static final int MOST_TABLES = 1 << 12;
  private static final int MASK_BYTES = 4 << 20;

  private final Vocabulary vocabulary;
  private final int mostMasks;
  private Forms forms;
  private int root;
  private Map<Integer, Mask> masks;

  private Grammar(Vocabulary vocabulary, Forms forms, int root) {
    this.vocabulary = vocabulary;
    this.forms = forms;
    this.root = root;
    mostMasks = Math.max(1, MASK_BYTES / vocabulary.maskBytes());
    masks = newMasks();
  }

  private Map<Integer, Mask> newMasks() {
    return new LinkedHashMap<>(16, 0.75f, true) {
      private static final long serialVersionUID = 1L;

      @Override
      protected boolean removeEldestEntry(Map.Entry<Integer, Mask> eldest) {
        return size() > mostMasks;
      }
    };
  }

  /// {@return the grammar of a rule}
  ///
  /// @param rule what a text must look like
  /// @param vocabulary the tokens it is written with
  /// @throws SchemaException if a schema in it is wrong or says what cannot be kept, or the tokens
  ///   cannot spell what it asks for
  public static Grammar of(Rule rule, Vocabulary vocabulary) throws SchemaException {
    var forms = new Forms(vocabulary);
    int root = new RuleForms(forms).of(rule);
    forms.settle();
    if (forms.circularRule() >= 0) {
      throw new SchemaException("", "a $ref leads back to itself without anything between");
    }
    if (forms.cost(root) == Forms.NEVER) {
      throw new SchemaException(
          "", "no text of this vocabulary fits: a bound excludes all, or a byte has no token");
    }
    return new Grammar(vocabulary, forms, root);
  }

  /// {@return tokens that are enough for a text that fits}
  public synchronized int enoughTokens() {
    return forms.cost(root);
  }

  /// {@return forms in memory}
  synchronized int forms() {
    return forms.size();
  }

  /// {@return the beginning of a text}
  public synchronized Progress begin() {
    return new Progress(this, forms, root);
  }

  /// The tokens that may follow a text.
  ///
  /// @param left how many tokens are left
  synchronized BitSet allowed(Progress text, int left) {
    if (forms.size() > MOST_FORMS || forms.tables() > MOST_TABLES) {
      renew();
    }
    if (text.forms != forms) {
      text.state = forms.copy(text.forms, text.state)[0];
      text.forms = forms;
    }
    int most = left - 1;
    Mask mask =
        masks.computeIfAbsent(text.state, state -> vocabulary.mask(forms, state, Repeat.EVER));
    return mask.farthest() <= most
        ? mask.allowed()
        : vocabulary.mask(forms, text.state, most).allowed();
  }

  /// Forgets all states; texts on their way bring their own along.
  private void renew() {
    Forms old = forms;
    forms = old.renewed();
    root = forms.copy(old, root)[0];
    masks = newMasks();
  }

  /// {@return the state after a token}
  ///
  /// @throws IllegalArgumentException if the token may not come next
  synchronized int after(Progress text, int id) {
    byte[] token = vocabulary.bytes(id);
    int next = token.length == 0 ? Forms.NOTHING : vocabulary.after(text.forms, text.state, token);
    if (next == Forms.NOTHING) {
      throw new IllegalArgumentException("token %d does not fit here".formatted(id));
    }
    return next;
  }
}
