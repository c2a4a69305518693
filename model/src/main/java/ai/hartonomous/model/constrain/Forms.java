package ai.hartonomous.model.constrain;

import ai.hartonomous.model.constrain.Form.Choice;
import ai.hartonomous.model.constrain.Form.Empty;
import ai.hartonomous.model.constrain.Form.Literal;
import ai.hartonomous.model.constrain.Form.Named;
import ai.hartonomous.model.constrain.Form.Nothing;
import ai.hartonomous.model.constrain.Form.OneOf;
import ai.hartonomous.model.constrain.Form.Repeat;
import ai.hartonomous.model.constrain.Form.Sequence;
import ai.hartonomous.model.constrain.Form.Spelled;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// All forms of a grammar, each once. A form is a state of an automaton with a stack: the
/// derivative by a byte is the state after it, and the tail of a sequence is the stack. Source:
/// Brzozowski, "Derivatives of Regular Expressions", Journal of the ACM 11(4), 1964, section 3.
///
/// Each form has a cost: tokens that are enough to come from it to an end. Of a choice it is the
/// least, of a sequence the sum, of a fixed text the fewest tokens that spell it. Where the cost is
/// above 0, there is always a token after which it is lower by 1, so who never exceeds what is left
/// always arrives. A cost of 0 means that the text may end.
final class Forms {

  static final int NOTHING = 0;
  static final int EMPTY = 1;

  /// The cost of what no tokens can spell.
  static final int NEVER = 1 << 29;

  private static final int UNKNOWN = -1;

  private final Vocabulary vocabulary;
  private final List<Form> forms = new ArrayList<>();
  private final Map<Form, Integer> ids = new HashMap<>();
  private final Map<String, Spelled> texts = new HashMap<>();
  private final List<Integer> rules = new ArrayList<>();
  private final List<int @Nullable []> steps = new ArrayList<>();
  private int tables;
  private int[] costs = new int[64];

  Forms(Vocabulary vocabulary) {
    this.vocabulary = vocabulary;
    id(new Nothing());
    id(new Empty());
  }

  /// {@return number of forms}
  int size() {
    return forms.size();
  }

  /// {@return forms whose steps are remembered, each with a kilobyte}
  int tables() {
    return tables;
  }

  private int id(Form form) {
    Integer present = ids.get(form);
    if (present != null) {
      return present;
    }
    int id = forms.size();
    ids.put(form, id);
    forms.add(form);
    steps.add(null);
    if (costs.length == id) {
      costs = Arrays.copyOf(costs, 2 * id);
    }
    costs[id] = price(form);
    return id;
  }

  int oneOf(ByteSet bytes) {
    return bytes.isEmpty() ? NOTHING : id(new OneOf(bytes));
  }

  int oneOf(String characters) {
    return oneOf(ByteSet.of(characters));
  }

  int literal(String text) {
    Spelled spelled =
        texts.computeIfAbsent(
            text,
            it -> {
              byte[] bytes = it.getBytes(StandardCharsets.UTF_8);
              return new Spelled(bytes, vocabulary.fewest(bytes));
            });
    return literal(spelled, 0);
  }

  private int literal(Spelled text, int at) {
    return at == text.bytes().length ? EMPTY : id(new Literal(text, at));
  }

  int sequence(int... parts) {
    int all = EMPTY;
    for (int i = parts.length - 1; i >= 0; i--) {
      all = pair(parts[i], all);
    }
    return all;
  }

  private int pair(int first, int then) {
    if (first == NOTHING || then == NOTHING) {
      return NOTHING;
    }
    if (first == EMPTY || then == EMPTY) {
      return first == EMPTY ? then : first;
    }
    return forms.get(first) instanceof Sequence(int head, int tail)
        ? id(new Sequence(head, pair(tail, then)))
        : id(new Sequence(first, then));
  }

  int choice(int... parts) {
    TreeSet<Integer> all = new TreeSet<>();
    for (int part : parts) {
      if (forms.get(part) instanceof Choice(List<Integer> inner)) {
        all.addAll(inner);
      } else if (part != NOTHING) {
        all.add(part);
      }
    }
    return switch (all.size()) {
      case 0 -> NOTHING;
      case 1 -> all.getFirst();
      default -> id(new Choice(List.copyOf(all)));
    };
  }

  int optional(int form) {
    return choice(EMPTY, form);
  }

  /// {@return a form several times}
  ///
  /// @param most how often at most, or {@link Repeat#EVER}
  int repeat(int item, int least, int most) {
    if (most == 0 || item == EMPTY) {
      return EMPTY;
    }
    if (item == NOTHING || least > most) {
      return least == 0 ? EMPTY : NOTHING;
    }
    return least == 1 && most == 1 ? item : id(new Repeat(item, least, most));
  }

  /// {@return the number of a new rule, to be defined later}
  int newRule() {
    rules.add(NOTHING);
    return rules.size() - 1;
  }

  int named(int rule) {
    return id(new Named(rule));
  }

  void define(int rule, int form) {
    rules.set(rule, form);
  }

  /// Prices all forms, when all rules are defined.
  void settle() {
    Arrays.fill(costs, NEVER);
    boolean changed = true;
    while (changed) {
      changed = false;
      for (int id = 0; id < forms.size(); id++) {
        int price = price(forms.get(id));
        changed |= price != costs[id];
        costs[id] = price;
      }
    }
  }

  private int price(Form form) {
    return switch (form) {
      case Nothing() -> NEVER;
      case Empty() -> 0;
      case OneOf(ByteSet bytes) -> bytes.and(vocabulary.singles()).isEmpty() ? NEVER : 1;
      case Literal(Spelled text, int at) -> text.tokens()[at];
      case Sequence(int first, int then) -> Math.min(NEVER, costs[first] + costs[then]);
      case Choice(List<Integer> parts) ->
          parts.stream().mapToInt(part -> costs[part]).min().orElse(NEVER);
      case Repeat(int item, int least, int _) -> (int) Math.min(NEVER, (long) costs[item] * least);
      case Named(int rule) -> costs[rules.get(rule)];
    };
  }

  /// {@return tokens that are enough to come to an end, or {@link #NEVER}}
  int cost(int form) {
    return costs[form];
  }

  /// {@return what may be written after a byte, or {@link #NOTHING}}
  int step(int form, int value) {
    int[] table = steps.get(form);
    if (table == null) {
      table = new int[256];
      Arrays.fill(table, UNKNOWN);
      steps.set(form, table);
      tables++;
    }
    if (table[value] == UNKNOWN) {
      int next = derive(form, value);
      table[value] = costs[next] == NEVER ? NOTHING : next;
    }
    return table[value];
  }

  private int derive(int id, int value) {
    return switch (forms.get(id)) {
      case Nothing() -> NOTHING;
      case Empty() -> NOTHING;
      case OneOf(ByteSet bytes) -> bytes.has(value) ? EMPTY : NOTHING;
      case Literal(Spelled text, int at) ->
          (text.bytes()[at] & 0xFF) == value ? literal(text, at + 1) : NOTHING;
      case Sequence(int first, int then) -> {
        int after = pair(derive(first, value), then);
        yield costs[first] == 0 ? choice(after, derive(then, value)) : after;
      }
      case Choice(List<Integer> parts) ->
          choice(parts.stream().mapToInt(part -> derive(part, value)).toArray());
      case Repeat(int item, int least, int most) -> {
        int rest = repeat(item, Math.max(0, least - 1), most == Repeat.EVER ? most : most - 1);
        yield pair(derive(item, value), rest);
      }
      case Named(int rule) -> derive(rules.get(rule), value);
    };
  }

  /// {@return a rule that may begin with itself, so that its derivative would never end; or -1}
  int circularRule() {
    BitSet fine = new BitSet();
    for (int rule = 0; rule < rules.size(); rule++) {
      if (begins(rules.get(rule), new BitSet(), fine)) {
        return rule;
      }
      fine.set(rule);
    }
    return -1;
  }

  /// {@return whether a form may begin with one of the rules that are open}
  private boolean begins(int id, BitSet open, BitSet fine) {
    return switch (forms.get(id)) {
      case Nothing(), Empty(), OneOf(var _), Literal(var _, var _) -> false;
      case Sequence(int first, int then) ->
          begins(first, open, fine) || (costs[first] == 0 && begins(then, open, fine));
      case Choice(List<Integer> parts) -> parts.stream().anyMatch(it -> begins(it, open, fine));
      case Repeat(int item, int _, int _) -> begins(item, open, fine);
      case Named(int rule) -> {
        if (fine.get(rule)) {
          yield false;
        }
        if (open.get(rule)) {
          yield true;
        }
        open.set(rule);
        boolean found = begins(rules.get(rule), open, fine);
        open.clear(rule);
        yield found;
      }
    };
  }

  /// {@return a table of the same rules, without anything else}
  Forms renewed() {
    var fresh = new Forms(vocabulary);
    for (int _ : rules) {
      fresh.newRule();
    }
    int[] copies = fresh.copy(this, rules.stream().mapToInt(Integer::intValue).toArray());
    for (int rule = 0; rule < copies.length; rule++) {
      fresh.define(rule, copies[rule]);
    }
    fresh.settle();
    return fresh;
  }

  /// {@return the same forms in this table, which has the same rules}
  int[] copy(Forms from, int... roots) {
    BitSet reached = new BitSet();
    for (int root : roots) {
      reached.set(root);
    }
    for (int id = reached.length() - 1; id >= 0; id = reached.previousSetBit(id - 1)) {
      mark(from.forms.get(id), reached); // parts have lower ids than what they are part of
    }
    int[] copies = new int[reached.length()];
    reached.stream().forEach(id -> copies[id] = id(copied(from.forms.get(id), copies)));
    return Arrays.stream(roots).map(root -> copies[root]).toArray();
  }

  private static void mark(Form form, BitSet reached) {
    switch (form) {
      case Sequence(int first, int then) -> {
        reached.set(first);
        reached.set(then);
      }
      case Choice(List<Integer> parts) -> parts.forEach(reached::set);
      case Repeat(int item, int _, int _) -> reached.set(item);
      case Nothing(), Empty(), OneOf(var _), Literal(var _, var _), Named(var _) -> {}
    }
  }

  private static Form copied(Form form, int[] copies) {
    return switch (form) {
      case Sequence(int first, int then) -> new Sequence(copies[first], copies[then]);
      case Choice(List<Integer> parts) ->
          new Choice(parts.stream().map(part -> copies[part]).sorted().toList());
      case Repeat(int item, int least, int most) -> new Repeat(copies[item], least, most);
      case Nothing(), Empty(), OneOf(var _), Literal(var _, var _), Named(var _) -> form;
    };
  }
}
