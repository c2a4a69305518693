package ai.hartonomous.platform.inference;

import ai.hartonomous.model.generate.Explanation;
import ai.hartonomous.model.generate.Explanation.Coded;
import ai.hartonomous.model.generate.Explanation.Contribution;
import ai.hartonomous.model.tokenizer.Tokenizer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Explanations of answers as they go over the wire.
final class ExplanationText {

  private ExplanationText() {}

  /// {@return what made the tokens of one answer}
  ///
  /// @param index number of the answer's choice
  /// @param explanations one for each token
  /// @param tokenizer writes the tokens
  /// @param experts that are mixed, in their order; empty where one model answers
  static Map<String, Object> of(
      int index, List<Explanation> explanations, Tokenizer tokenizer, List<String> experts) {
    List<Map<String, Object>> tokens = new ArrayList<>();
    for (Explanation explanation : explanations) {
      Map<String, Object> token = new LinkedHashMap<>();
      token.put("token", tokenizer.token(explanation.id()));
      token.put("logit", explanation.logit());
      token.put(
          "components", explanation.strongest().stream().map(it -> part(it, experts)).toList());
      Explanation.Rest rest = explanation.rest();
      Map<String, Object> others = new LinkedHashMap<>();
      others.put("heads", rest.heads());
      others.put("neurons", rest.neurons());
      others.put("embedding", rest.embedding());
      others.put("biases", rest.biases());
      others.put("steering", rest.steering());
      Coded coded = rest.coded();
      if (coded != null) {
        others.put("features", coded.features());
        others.put("skip", coded.skip());
        others.put("error", coded.error());
      }
      token.put("rest", others);
      tokens.add(token);
    }
    Map<String, Object> answer = new LinkedHashMap<>();
    answer.put("index", index);
    answer.put("tokens", tokens);
    return answer;
  }

  private static Map<String, Object> part(Contribution contribution, List<String> experts) {
    Map<String, Object> part = new LinkedHashMap<>();
    if (!experts.isEmpty()) {
      part.put("expert", experts.get(contribution.component().model()));
    }
    part.put("component", contribution.component().path());
    if (contribution.activation() != null) {
      part.put("activation", contribution.activation());
    }
    part.put("contribution", contribution.logit());
    return part;
  }
}
