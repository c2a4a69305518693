package ai.hartonomous.distill.heal;

import ai.hartonomous.distill.importance.ExampleBatch;
import ai.hartonomous.model.transformer.HookPoint;
import ai.hartonomous.model.transformer.Trace;
import ai.hartonomous.model.transformer.Transformer;
import ai.hartonomous.tensor.Matrix;
import java.util.List;

/// Several {@link InnerTerm}s for which the source runs once.
final class InnerTerms {
  private final Transformer source;
  private final Trace trace;
  private final List<InnerTerm> terms;

  InnerTerms(Transformer source, List<InnerTerm> terms) {
    this.source = source;
    this.trace = source.trace(Trace.Keep.INFERENCE);
    this.terms = List.copyOf(terms);
  }

  /// Runs the source over a batch.
  void run(ExampleBatch batch) {
    int[] rows = DistillationLoss.answerRows(batch);
    terms.forEach(term -> term.begin(rows));
    source.forward(
        batch.tokens(), trace, (point, values) -> terms.forEach(term -> term.keep(point, values)));
  }

  /// Hooks of the student's forward pass.
  void compare(HookPoint point, Matrix values) {
    terms.forEach(term -> term.compare(point, values));
  }

  /// Hooks of the student's backward pass.
  void add(HookPoint point, Matrix gradient) {
    terms.forEach(term -> term.add(point, gradient));
  }

  /// {@return the sum of the terms, after the student's forward pass}
  double loss() {
    return terms.stream().mapToDouble(InnerTerm::loss).sum();
  }
}
