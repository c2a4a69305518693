package ai.hartonomous.distill.heal;

import ai.hartonomous.distill.heal.Healer.Healed;
import ai.hartonomous.distill.importance.AnswerMeter.Answers;
import ai.hartonomous.distill.work.StageInput;
import ai.hartonomous.distill.work.StageOutput;
import ai.hartonomous.model.transformer.Weights.Parameter;
import java.io.IOException;
import java.util.List;

/// Keeps what came of a healing: steps, both validations, and all numbers of the model.
final class HealedFormat {

  private HealedFormat() {}

  static void write(Healed healed, List<Parameter> parameters, StageOutput out) throws IOException {
    out.ints(healed.steps());
    write(healed.before(), out);
    write(healed.after(), out);
    for (Parameter parameter : parameters) {
      out.floats(parameter.data());
    }
  }

  /// Reads what came of a healing, the numbers into a model of the same shapes.
  static Healed read(StageInput in, List<Parameter> parameters) throws IOException {
    int steps = in.ints()[0];
    Answers before = answers(in);
    Answers after = answers(in);
    for (Parameter parameter : parameters) {
      in.floats(parameter.data());
    }
    return new Healed(steps, before, after);
  }

  static void write(Answers answers, StageOutput out) throws IOException {
    out.doubles(answers.losses());
    out.flags(answers.exact());
  }

  static Answers answers(StageInput in) throws IOException {
    return new Answers(in.doubles(), in.flags());
  }
}
