package ai.hartonomous.distill;

import ai.hartonomous.distill.importance.ComponentMeans;
import ai.hartonomous.distill.importance.ComponentScores;
import ai.hartonomous.distill.importance.Example;
import ai.hartonomous.distill.prune.Keep;
import ai.hartonomous.distill.work.StageFormat;
import ai.hartonomous.distill.work.StageInput;
import ai.hartonomous.distill.work.StageOutput;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/// How the results of the stages are kept in a work folder.
final class Formats {
  /// Items to learn from: their number, then tokens and targets of each.
  static final StageFormat<List<Example>> EXAMPLES = new Examples();

  /// Means and scores: method, items and layers; then for each layer the means of heads and
  /// neurons, and scores and errors of both.
  static final StageFormat<Scored> SCORED = new ScoredFormat();

  /// A choice of components: the number of layers, then heads and neurons of each.
  static final StageFormat<Keep> KEEP = new KeepFormat();

  /// One number.
  static final StageFormat<Double> NUMBER = new NumberFormat();

  private Formats() {}

  /// What was measured about the components of a model.
  ///
  /// @param means what a removed component is replaced with
  /// @param scores importance
  record Scored(ComponentMeans means, ComponentScores scores) {}

  private static final class Examples implements StageFormat<List<Example>> {
    @Override
    public void write(List<Example> examples, StageOutput out) throws IOException {
      out.ints(examples.size());
      for (Example example : examples) {
        out.ints(example.ids());
        out.ints(example.targets());
      }
    }

    @Override
    public List<Example> read(StageInput in) throws IOException {
      int count = in.ints()[0];
      List<Example> examples = new ArrayList<>();
      for (int i = 0; i < count; i++) {
        examples.add(new Example(in.ints(), in.ints()));
      }
      return examples;
    }
  }

  private static final class ScoredFormat implements StageFormat<Scored> {
    @Override
    public void write(Scored scored, StageOutput out) throws IOException {
      ComponentScores scores = scored.scores();
      out.text(scores.method());
      out.ints(scores.items(), scores.layers().size());
      for (int l = 0; l < scores.layers().size(); l++) {
        out.floats(scored.means().layers().get(l).heads());
        out.floats(scored.means().layers().get(l).neurons());
        ComponentScores.Layer layer = scores.layers().get(l);
        out.doubles(layer.heads());
        out.doubles(layer.headErrors());
        out.doubles(layer.neurons());
        out.doubles(layer.neuronErrors());
      }
    }

    @Override
    public Scored read(StageInput in) throws IOException {
      String method = in.text();
      int[] counts = in.ints();
      List<ComponentMeans.Layer> means = new ArrayList<>();
      List<ComponentScores.Layer> scores = new ArrayList<>();
      for (int l = 0; l < counts[1]; l++) {
        means.add(new ComponentMeans.Layer(in.floats(), in.floats()));
        scores.add(
            new ComponentScores.Layer(in.doubles(), in.doubles(), in.doubles(), in.doubles()));
      }
      return new Scored(new ComponentMeans(means), new ComponentScores(method, counts[0], scores));
    }
  }

  private static final class NumberFormat implements StageFormat<Double> {
    @Override
    public void write(Double number, StageOutput out) throws IOException {
      out.doubles(number);
    }

    @Override
    public Double read(StageInput in) throws IOException {
      return in.doubles()[0];
    }
  }

  private static final class KeepFormat implements StageFormat<Keep> {
    @Override
    public void write(Keep keep, StageOutput out) throws IOException {
      out.ints(keep.layers().size());
      for (Keep.Layer layer : keep.layers()) {
        out.ints(layer.heads());
        out.ints(layer.neurons());
      }
    }

    @Override
    public Keep read(StageInput in) throws IOException {
      int count = in.ints()[0];
      List<Keep.Layer> layers = new ArrayList<>();
      for (int l = 0; l < count; l++) {
        layers.add(new Keep.Layer(in.ints(), in.ints()));
      }
      return new Keep(layers);
    }
  }
}
