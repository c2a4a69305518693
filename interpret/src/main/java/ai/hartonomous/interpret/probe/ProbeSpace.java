package ai.hartonomous.interpret.probe;

import ai.hartonomous.interpret.probe.Component.Kind;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/// Components of one model as directions in the space of the probe texts: one dimension for each
/// text, the same for every model that read the same texts.
///
/// A component's embedding is its response to each text, less its mean over texts, divided by its
/// deviation, scaled to length 1. So the cosine of two components is the correlation of their
/// responses over texts. A text has one too: how similar it is to each probe text, as this model
/// sees them; similar means the cosine of the standardised responses of all components. It is
/// standardised and scaled in the same way.
///
/// What it means: components with similar embeddings are busy on the same kinds of text. What it
/// cannot mean: that they do the same there, that either causes anything, or where in a text they
/// act; two components of one circuit may well be busy on different texts.
public final class ProbeSpace {
  private static final float MOST_DEVIATIONS = 5;

  private final List<Component> components;
  private final float[] means;
  private final float[] deviations;
  private final float[][] embeddings;
  private final double[] textNorms;

  /// A component that was found.
  ///
  /// @param component the component
  /// @param cosine with what was asked for, from -1 to 1
  public record Hit(Component component, double cosine) {}

  /// Makes the space of a model.
  ///
  /// @param probes the model's responses to the probe texts, at least two of them
  public ProbeSpace(Responses probes) {
    this(probes, new float[probes.components().size()][]);
  }

  private ProbeSpace(Responses probes, float[][] embeddings) {
    if (probes.texts() < 2) {
      throw new IllegalArgumentException("%d probe texts".formatted(probes.texts()));
    }
    components = probes.components();
    int count = components.size();
    means = new float[count];
    deviations = new float[count];
    this.embeddings = embeddings;
    for (int c = 0; c < count; c++) {
      float[] values = probes.values()[c];
      means[c] = (float) mean(values);
      deviations[c] = (float) deviation(values, mean(values));
      embeddings[c] = unit(values);
    }
    textNorms = textNorms(probes.texts());
  }

  /// {@return the space of a model, in the memory of its responses}
  ///
  /// @param probes the model's responses to the probe texts, at least two of them; their numbers
  ///   are replaced
  public static ProbeSpace inPlaceOf(Responses probes) {
    return new ProbeSpace(probes, probes.values());
  }

  private double[] textNorms(int texts) {
    double[] squares = new double[texts];
    for (float[] embedding : embeddings) {
      for (int p = 0; p < texts; p++) {
        squares[p] += (double) embedding[p] * embedding[p];
      }
    }
    for (int p = 0; p < texts; p++) {
      squares[p] = Math.sqrt(squares[p]);
    }
    return squares;
  }

  /// {@return the components}
  public List<Component> components() {
    return components;
  }

  /// {@return number of probe texts}
  public int dimensions() {
    return textNorms.length;
  }

  /// {@return the embedding of a component, of length 1; zeros where it responds to all texts
  /// alike}
  ///
  /// @param component its place in {@link #components}
  public float[] embedding(int component) {
    return embeddings[component].clone();
  }

  /// {@return the place of a component}
  ///
  /// @param path its path
  /// @throws IllegalArgumentException if there is none
  public int indexOf(String path) {
    for (int c = 0; c < components.size(); c++) {
      if (components.get(c).path().equals(path)) {
        return c;
      }
    }
    throw new IllegalArgumentException("no component " + path);
  }

  /// Embeds texts, such as a prompt or the items of a capability suite: the mean of their
  /// similarity profiles.
  ///
  /// @param texts responses of this model's components to the texts
  /// @return the embedding, of length 1
  /// @throws IllegalArgumentException if the responses are of other components
  public float[] embed(Responses texts) {
    if (!texts.components().equals(components)) {
      throw new IllegalArgumentException("responses of other components");
    }
    double[] sum = new double[dimensions()];
    float[] responses = new float[embeddings.length];
    for (int q = 0; q < texts.texts(); q++) {
      for (int c = 0; c < responses.length; c++) {
        responses[c] = texts.values()[c][q];
      }
      addProfile(responses, sum);
    }
    float[] mean = new float[sum.length];
    for (int p = 0; p < mean.length; p++) {
      mean[p] = (float) (sum[p] / texts.texts());
    }
    return unit(mean);
  }

  /// Embeds one text.
  ///
  /// @param responses of this model's components to the text, `[C]`
  /// @return the embedding, of length 1; zeros where the text is equally similar to all probe texts
  /// @throws IllegalArgumentException if there is not one response for each component
  public float[] embed(float[] responses) {
    if (responses.length != embeddings.length) {
      throw new IllegalArgumentException(
          "%d responses of %d components".formatted(responses.length, embeddings.length));
    }
    double[] profile = new double[dimensions()];
    addProfile(responses, profile);
    float[] rounded = new float[profile.length];
    for (int p = 0; p < rounded.length; p++) {
      rounded[p] = (float) profile[p];
    }
    return unit(rounded);
  }

  /// Adds the similarity of a text to each probe text.
  private void addProfile(float[] responses, double[] sum) {
    double[] profile = new double[sum.length];
    double squares = 0;
    for (int c = 0; c < embeddings.length; c++) {
      double x = standardised(c, responses[c]);
      squares += x * x;
      for (int p = 0; p < profile.length; p++) {
        profile[p] += x * embeddings[c][p];
      }
    }
    for (int p = 0; p < profile.length; p++) {
      double norm = Math.sqrt(squares) * textNorms[p];
      sum[p] += norm == 0 ? 0 : profile[p] / norm;
    }
  }

  /// {@return how many deviations a response lies above the component's mean over the probe texts,
  /// at most five either way}
  ///
  /// @param component its place in {@link #components}
  /// @param response the response
  public double standardised(int component, float response) {
    float deviation = deviations[component];
    float x = deviation == 0 ? 0 : (response - means[component]) / deviation;
    return Math.clamp(x, -MOST_DEVIATIONS, MOST_DEVIATIONS);
  }

  /// {@return the cosine of every component with a query, in the order of the components}
  ///
  /// @param query an embedding over the same probe texts, from this or another model
  /// @throws IllegalArgumentException if it has another number of dimensions
  public double[] cosines(float[] query) {
    if (query.length != dimensions()) {
      throw new IllegalArgumentException(
          "query of %d dimensions, space of %d".formatted(query.length, dimensions()));
    }
    double[] cosines = new double[embeddings.length];
    for (int c = 0; c < cosines.length; c++) {
      for (int p = 0; p < query.length; p++) {
        cosines[c] += (double) embeddings[c][p] * query[p];
      }
    }
    return cosines;
  }

  /// Finds the components nearest to a query; an exact search.
  ///
  /// @param query an embedding over the same probe texts, from this or another model
  /// @param count how many
  /// @param kinds kinds to look among; none for all
  /// @return the nearest first; of equals the earlier component
  public List<Hit> search(float[] query, int count, Set<Kind> kinds) {
    Set<Kind> wanted = kinds.isEmpty() ? EnumSet.allOf(Kind.class) : kinds;
    double[] cosines = cosines(query);
    List<Hit> hits = new ArrayList<>();
    for (int c = 0; c < cosines.length; c++) {
      if (wanted.contains(components.get(c).kind())) {
        hits.add(new Hit(components.get(c), cosines[c]));
      }
    }
    hits.sort(Comparator.comparingDouble((Hit hit) -> -hit.cosine()));
    return List.copyOf(hits.subList(0, Math.min(count, hits.size())));
  }

  private static double mean(float[] values) {
    double sum = 0;
    for (float value : values) {
      sum += value;
    }
    return sum / values.length;
  }

  private static double deviation(float[] values, double mean) {
    double squares = 0;
    for (float value : values) {
      squares += (value - mean) * (value - mean);
    }
    return Math.sqrt(squares / values.length);
  }

  /// {@return values less their mean, scaled to length 1; zeros where they are all alike but for
  /// rounding}
  static float[] unit(float[] values) {
    double mean = mean(values);
    double deviation = deviation(values, mean);
    double length = deviation * Math.sqrt(values.length);
    float[] unit = new float[values.length];
    boolean alike = deviation <= 1e-6 * Math.abs(mean) || deviation < 1e-20;
    for (int i = 0; i < unit.length && !alike; i++) {
      unit[i] = (float) ((values[i] - mean) / length);
    }
    return unit;
  }
}
