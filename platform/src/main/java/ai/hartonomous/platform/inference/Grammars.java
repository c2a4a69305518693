package ai.hartonomous.platform.inference;

import ai.hartonomous.model.constrain.Grammar;
import ai.hartonomous.model.constrain.Rule;
import ai.hartonomous.model.constrain.SchemaException;
import ai.hartonomous.model.constrain.Vocabulary;
import ai.hartonomous.model.generate.GenerationRequest;
import ai.hartonomous.model.tokenizer.Tokenizer;
import ai.hartonomous.platform.deployment.LoadedAgent;
import ai.hartonomous.platform.deployment.Unloaded;
import ai.hartonomous.platform.web.Problem;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.WeakHashMap;
import org.jspecify.annotations.Nullable;
import org.springframework.context.event.EventListener;
import org.springframework.stereotype.Component;

/// The grammars that agents follow. The last {@value #KEPT} are kept, with what they learned about
/// their vocabularies.
@Component
class Grammars {

  private static final int KEPT = 16;

  private final Map<Tokenizer, Vocabulary> vocabularies = new WeakHashMap<>();
  private final Map<Key, Grammar> grammars =
      new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Key, Grammar> eldest) {
          return size() > KEPT;
        }
      };

  /// A rule as text: equal JSON objects may have their members in another order, and it counts.
  private record Key(Tokenizer tokenizer, String rule) {}

  /// {@return the grammar of an answer, or null if it may be any text}
  ///
  /// @param form what the answer must look like
  /// @param agent who answers
  /// @throws ai.hartonomous.platform.web.ProblemException if the agent cannot write that
  @Nullable Grammar of(AnswerForm form, LoadedAgent agent) {
    return of(form.rule(), form.field(), agent);
  }

  /// {@return the grammar of an answer, or null if it may be any text}
  ///
  /// @param rule what the answer must look like, or null for any text
  /// @param field the field of the request that asks for it
  /// @param agent who answers
  /// @throws ai.hartonomous.platform.web.ProblemException if the agent cannot write that
  @Nullable Grammar of(@Nullable Rule rule, String field, LoadedAgent agent) {
    if (rule == null) {
      return null;
    }
    var key = new Key(agent.tokenizer(), rule.toString());
    Vocabulary vocabulary;
    synchronized (this) {
      Grammar known = grammars.get(key);
      if (known != null) {
        return known;
      }
      vocabulary = vocabularies.computeIfAbsent(agent.tokenizer(), _ -> vocabulary(agent));
    }
    try {
      Grammar grammar = Grammar.of(rule, vocabulary);
      synchronized (this) {
        grammars.put(key, grammar);
      }
      return grammar;
    } catch (SchemaException e) {
      throw Problem.invalid(field, String.valueOf(e.getMessage()));
    }
  }

  private static Vocabulary vocabulary(LoadedAgent agent) {
    int outputs = agent.config().extents().outputs();
    var ends = GenerationRequest.endIds(agent.tokenizer());
    return new Vocabulary(agent.tokenizer(), outputs, ends);
  }

  @EventListener
  synchronized void forget(Unloaded unloaded) {
    for (LoadedAgent expert : unloaded.agent().experts()) {
      vocabularies.remove(expert.tokenizer());
      grammars.keySet().removeIf(key -> key.tokenizer().equals(expert.tokenizer()));
    }
  }
}
