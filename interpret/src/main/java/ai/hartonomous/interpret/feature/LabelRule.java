package ai.hartonomous.interpret.feature;

import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/// A rule that says on which tokens a feature is active, from the text alone.
sealed interface LabelRule {

  /// Answer of a rule.
  enum Verdict {
    /// It is active here.
    ACTIVE,
    /// It is not.
    INACTIVE,
    /// The rule has no answer here; scores count that as wrong.
    REJECTED
  }

  /// Kinds of tokens by their text.
  enum TokenClass {
    /// Has a digit.
    DIGIT("digits"),
    /// Neither letters nor digits, but not white space alone.
    PUNCTUATION("punctuation"),
    /// White space alone.
    SPACE("white space"),
    /// A word's first letters, capital.
    CAPITAL("capital letters"),
    /// A word's first letters, after white space.
    WORD_START("starts of words"),
    /// Letters inside a word.
    WORD_PART("inner parts of words");

    final String text;

    TokenClass(String text) {
      this.text = text;
    }

    static TokenClass of(String token) {
      String bare = token.strip();
      if (bare.isEmpty()) {
        return SPACE;
      }
      if (bare.chars().anyMatch(Character::isDigit)) {
        return DIGIT;
      }
      if (bare.chars().noneMatch(Character::isLetter)) {
        return PUNCTUATION;
      }
      if (Character.isUpperCase(bare.charAt(0))) {
        return CAPITAL;
      }
      return bare.length() < token.length() && Character.isWhitespace(token.charAt(0))
          ? WORD_START
          : WORD_PART;
    }
  }

  /// On some tokens.
  record Token(List<Integer> ids) implements LabelRule {}

  /// On the token after some tokens.
  record After(List<Integer> ids) implements LabelRule {}

  /// Where a promoted token comes next.
  record Before(List<Integer> ids) implements LabelRule {}

  /// On a kind of token.
  record Kind(TokenClass kind) implements LabelRule {}

  /// After a kind of token.
  record AfterKind(TokenClass kind) implements LabelRule {}

  /// On tokens whose text without white space begins so.
  record Prefix(String text) implements LabelRule {}

  /// On tokens whose text ends so.
  record Suffix(String text) implements LabelRule {}

  /// On tokens that stood in the window before.
  record Repeated() implements LabelRule {}

  /// {@return what the rule says about the token that is looked at}
  ///
  /// @param example the token; its activations are not read
  /// @param texts text of each token id
  default Verdict judge(Example example, List<String> texts) {
    int at = example.peak();
    int[] tokens = example.tokens();
    return switch (this) {
      case Token(List<Integer> ids) -> verdict(ids.contains(tokens[at]));
      case After(List<Integer> ids) ->
          at == 0 ? Verdict.REJECTED : verdict(ids.contains(tokens[at - 1]));
      case Before(List<Integer> ids) ->
          at + 1 == tokens.length ? Verdict.REJECTED : verdict(ids.contains(tokens[at + 1]));
      case Kind(TokenClass kind) -> verdict(TokenClass.of(texts.get(tokens[at])) == kind);
      case AfterKind(TokenClass kind) ->
          at == 0 ? Verdict.REJECTED : verdict(TokenClass.of(texts.get(tokens[at - 1])) == kind);
      case Prefix(String text) -> verdict(bare(texts.get(tokens[at])).startsWith(text));
      case Suffix(String text) -> verdict(bare(texts.get(tokens[at])).endsWith(text));
      case Repeated() -> verdict(repeated(tokens, at));
    };
  }

  private static Verdict verdict(boolean active) {
    return active ? Verdict.ACTIVE : Verdict.INACTIVE;
  }

  private static boolean repeated(int[] tokens, int at) {
    for (int t = 0; t < at; t++) {
      if (tokens[t] == tokens[at]) {
        return true;
      }
    }
    return false;
  }

  /// {@return a token's text without white space around it, in small letters}
  static String bare(String token) {
    return token.strip().toLowerCase(Locale.ROOT);
  }

  /// {@return what kind of rule this is, as one word}
  default String kindName() {
    return switch (this) {
      case Token(List<Integer> ids) -> ids.size() == 1 ? "single token" : "tokens";
      case After _ -> "after tokens";
      case Before _ -> "before promoted tokens";
      case Kind _ -> "token class";
      case AfterKind _ -> "after token class";
      case Prefix _ -> "prefix";
      case Suffix _ -> "suffix";
      case Repeated _ -> "repeated";
    };
  }

  /// {@return the rule in words}
  ///
  /// @param texts text of each token id
  default String text(List<String> texts) {
    return switch (this) {
      case Token(List<Integer> ids) -> "on " + quoted(ids, texts);
      case After(List<Integer> ids) -> "after " + quoted(ids, texts);
      case Before(List<Integer> ids) -> "before " + quoted(ids, texts) + ", which it promotes";
      case Kind(TokenClass kind) -> "on " + kind.text;
      case AfterKind(TokenClass kind) -> "after " + kind.text;
      case Prefix(String text) -> "on tokens that begin with \"%s\"".formatted(text);
      case Suffix(String text) -> "on tokens that end with \"%s\"".formatted(text);
      case Repeated() -> "on tokens that stood in the window before";
    };
  }

  private static String quoted(List<Integer> ids, List<String> texts) {
    return ids.stream()
        .map(id -> '"' + texts.get(id).replace("\n", "\\n") + '"')
        .collect(Collectors.joining(", "));
  }
}
