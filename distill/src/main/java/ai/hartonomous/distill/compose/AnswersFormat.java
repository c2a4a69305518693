package ai.hartonomous.distill.compose;

import ai.hartonomous.distill.compose.Answers.Answered;
import ai.hartonomous.distill.compose.CompositeRequest.Source;
import ai.hartonomous.distill.work.StageFormat;
import ai.hartonomous.distill.work.StageInput;
import ai.hartonomous.distill.work.StageOutput;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/// Keeps what a source answers: its components, then for each capability the refusal, empty if
/// there is none, and which items were right.
///
/// @param source the source
/// @param target what it was asked
record AnswersFormat(Source source, TargetSuite target) implements StageFormat<Answers> {

  @Override
  public Answers read(StageInput in) throws IOException {
    int[] components = in.ints();
    List<Answered> all = new ArrayList<>();
    for (String capability : target.suite().capabilities()) {
      String refusal = in.text();
      boolean[] right = in.flags();
      all.add(
          refusal.isEmpty()
              ? new Answered(capability, right, null)
              : new Answered(capability, null, refusal));
    }
    return new Answers(source.name(), components[0], all);
  }

  @Override
  public void write(Answers answers, StageOutput out) throws IOException {
    out.ints(answers.components());
    for (Answered answered : answers.capabilities()) {
      String refusal = answered.refusal();
      boolean[] right = answered.right();
      out.text(refusal == null ? "" : refusal);
      out.flags(right == null ? new boolean[0] : right);
    }
  }
}
