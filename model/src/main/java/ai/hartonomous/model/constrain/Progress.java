package ai.hartonomous.model.constrain;

import java.util.BitSet;

/// How far one text has come that follows a grammar. For one thread.
///
/// Who chooses one of the allowed tokens each time, and begins with at least {@link
/// Grammar#enoughTokens} left, ends with a text that fits, however it chooses.
public final class Progress {

  private final Grammar grammar;
  Forms forms;
  int state;

  Progress(Grammar grammar, Forms forms, int state) {
    this.grammar = grammar;
    this.forms = forms;
    this.state = state;
  }

  /// {@return the tokens that may come next, those that end the text among them where it may end;
  /// not to be changed. None where the text is whole and nothing more has room.}
  ///
  /// @param left how many tokens are left, the next included; at least 1
  public BitSet allowed(int left) {
    return grammar.allowed(this, left);
  }

  /// Goes on.
  ///
  /// @param id the token that was chosen
  /// @throws IllegalArgumentException if it may not come next
  public void accept(int id) {
    state = grammar.after(this, id);
  }

  /// {@return whether the text is whole and nothing may follow}
  public boolean isComplete() {
    return state == Forms.EMPTY;
  }
}
