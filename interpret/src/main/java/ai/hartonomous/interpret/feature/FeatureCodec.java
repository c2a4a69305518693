package ai.hartonomous.interpret.feature;

import ai.hartonomous.interpret.feature.Feature.Group;
import ai.hartonomous.interpret.feature.Feature.Neighbour;
import ai.hartonomous.interpret.feature.Feature.OutputTokens;
import ai.hartonomous.interpret.feature.Feature.TokenWeight;
import ai.hartonomous.interpret.feature.Feature.Use;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Features as bytes; the package comment has the order.
final class FeatureCodec {
  private static final int MOST = 100_000;

  private FeatureCodec() {}

  static void write(Feature feature, DataOutputStream out) throws IOException {
    out.writeInt(feature.index());
    Use use = feature.use();
    out.writeLong(use.active());
    out.writeLong(use.tokens());
    out.writeFloat(use.maximum());
    out.writeFloat(use.minimum());
    out.writeDouble(use.mean());
    out.writeInt(use.histogram().length);
    for (long count : use.histogram()) {
      out.writeLong(count);
    }
    out.writeInt(feature.groups().size());
    for (Group group : feature.groups()) {
      out.writeUTF(group.name());
      out.writeInt(group.examples().size());
      for (Example example : group.examples()) {
        write(example, out);
      }
    }
    writeWeights(feature.outputs().promoted(), out);
    writeWeights(feature.outputs().demoted(), out);
    out.writeInt(feature.neighbours().size());
    for (Neighbour neighbour : feature.neighbours()) {
      out.writeInt(neighbour.index());
      out.writeFloat(neighbour.cosine());
    }
    Detection detection = feature.detection();
    out.writeBoolean(detection != null);
    if (detection != null) {
      out.writeUTF(detection.rule());
      out.writeUTF(detection.kind());
      out.writeUTF(detection.scorer());
      write(detection.score(), out);
      write(detection.control(), out);
    }
  }

  private static void write(Example example, DataOutputStream out) throws IOException {
    out.writeLong(example.sequence());
    out.writeInt(example.position());
    out.writeInt(example.peak());
    out.writeInt(example.tokens().length);
    for (int token : example.tokens()) {
      out.writeInt(token);
    }
    for (float activation : example.activations()) {
      out.writeFloat(activation);
    }
  }

  private static void writeWeights(List<TokenWeight> weights, DataOutputStream out)
      throws IOException {
    out.writeInt(weights.size());
    for (TokenWeight weight : weights) {
      out.writeInt(weight.token());
      out.writeFloat(weight.weight());
    }
  }

  private static void write(DetectionScore score, DataOutputStream out) throws IOException {
    out.writeDouble(score.balancedAccuracy());
    out.writeDouble(score.standardError());
    out.writeInt(score.active());
    out.writeInt(score.inactive());
    out.writeInt(score.rejected());
    out.writeDouble(score.majority());
  }

  static Feature read(DataInputStream in) throws IOException {
    int index = in.readInt();
    Use use = readUse(in);
    List<Group> groups = new ArrayList<>();
    for (int g = count(in); g > 0; g--) {
      String name = in.readUTF();
      List<Example> examples = new ArrayList<>();
      for (int e = count(in); e > 0; e--) {
        examples.add(readExample(in));
      }
      groups.add(new Group(name, examples));
    }
    var outputs = new OutputTokens(readWeights(in), readWeights(in));
    List<Neighbour> neighbours = new ArrayList<>();
    for (int n = count(in); n > 0; n--) {
      neighbours.add(new Neighbour(in.readInt(), in.readFloat()));
    }
    @Nullable Detection detection = null;
    if (in.readBoolean()) {
      detection =
          new Detection(in.readUTF(), in.readUTF(), in.readUTF(), readScore(in), readScore(in));
    }
    return new Feature(index, use, groups, outputs, neighbours, detection);
  }

  private static Use readUse(DataInputStream in) throws IOException {
    long active = in.readLong();
    long tokens = in.readLong();
    float maximum = in.readFloat();
    float minimum = in.readFloat();
    double mean = in.readDouble();
    long[] histogram = new long[count(in)];
    for (int b = 0; b < histogram.length; b++) {
      histogram[b] = in.readLong();
    }
    return new Use(active, tokens, maximum, minimum, mean, histogram);
  }

  private static Example readExample(DataInputStream in) throws IOException {
    long sequence = in.readLong();
    int position = in.readInt();
    int peak = in.readInt();
    int length = count(in);
    if (peak < 0 || peak >= length) {
      throw new EOFException("token %d of %d".formatted(peak, length));
    }
    int[] tokens = new int[length];
    for (int t = 0; t < length; t++) {
      tokens[t] = in.readInt();
    }
    float[] activations = new float[length];
    for (int t = 0; t < length; t++) {
      activations[t] = in.readFloat();
    }
    return new Example(sequence, position, tokens, activations, peak);
  }

  private static List<TokenWeight> readWeights(DataInputStream in) throws IOException {
    List<TokenWeight> weights = new ArrayList<>();
    for (int n = count(in); n > 0; n--) {
      weights.add(new TokenWeight(in.readInt(), in.readFloat()));
    }
    return weights;
  }

  private static DetectionScore readScore(DataInputStream in) throws IOException {
    return new DetectionScore(
        in.readDouble(),
        in.readDouble(),
        in.readInt(),
        in.readInt(),
        in.readInt(),
        in.readDouble());
  }

  private static int count(DataInputStream in) throws IOException {
    int count = in.readInt();
    if (count < 0 || count > MOST) {
      throw new EOFException("count " + count);
    }
    return count;
  }
}
