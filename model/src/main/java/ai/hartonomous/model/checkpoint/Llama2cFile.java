package ai.hartonomous.model.checkpoint;

import ai.hartonomous.model.checkpoint.GatedPlaces.Names;
import ai.hartonomous.model.checkpoint.GatedPlaces.Options;
import ai.hartonomous.model.transformer.ModelConfig;
import ai.hartonomous.model.transformer.ModelConfig.Block;
import ai.hartonomous.model.transformer.ModelConfig.Extents;
import ai.hartonomous.model.transformer.ModelConfig.LayerConfig;
import ai.hartonomous.model.transformer.ModelConfig.NormConfig;
import ai.hartonomous.tensor.Activation;
import ai.hartonomous.tensor.Norm;
import java.io.IOException;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Reads the first format of Karpathy's llama2.c: seven little-endian 32-bit integers (width, MLP
/// width, layers, heads, key heads, vocabulary, positions; a negative vocabulary says that the
/// output matrix stands at the end of the file), then all weights as 32-bit floats, each kind for
/// all layers in turn. Query and key rows are in interleaved rotary layout. Before the output
/// matrix lie tables of cosines and sines, which are skipped. Norm epsilon is 1e-5 and the rotary
/// base 10,000, as in `run.c`.
final class Llama2cFile {
  private static final int HEADER_BYTES = 28;
  private static final int MAGIC_OF_LATER_VERSIONS = 0x616b3432;
  private static final String[] FIELDS = {
    "width", "MLP width", "layers", "heads", "key heads", "vocabulary", "positions"
  };
  private static final ValueLayout.OfInt INT =
      ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final Names NAMES =
      new Names(
          "token_embedding_table",
          "rms_final",
          "wcls",
          "layers.%d.",
          "rms_att",
          List.of("wq", "wk", "wv", "wo"),
          List.of(),
          "rms_ffn",
          List.of("w1", "w3", "w2"));

  private final MappedFile mapped;
  private final Map<String, StoredTensor> tensors = new LinkedHashMap<>();
  private long at = HEADER_BYTES;

  private Llama2cFile(MappedFile mapped) {
    this.mapped = mapped;
  }

  /// The header; all extents at least 1.
  private record Header(
      Extents extents, int layers, LayerConfig layer, boolean tied, long keyWidth) {}

  /// Opens a file; the caller closes the checkpoint.
  ///
  /// @param file a `.bin` of llama2.c
  static Checkpoint open(Path file) throws IOException {
    MappedFile mapped = MappedFile.open(file);
    try {
      var reader = new Llama2cFile(mapped);
      Header header = reader.header();
      reader.placeAll(header);
      Path folder = file.toAbsolutePath().getParent();
      var source =
          new MappedCheckpoint.Source(
              "llama2c", file, List.of(file), folder == null ? file : folder);
      return new MappedCheckpoint(source, plan(header), reader.tensors, List.of(mapped));
    } catch (IOException | RuntimeException e) {
      mapped.close();
      throw e;
    }
  }

  private Header header() throws CheckpointException {
    if (mapped.size() < HEADER_BYTES) {
      throw mapped.fault(0, "a header of 28 bytes", mapped.size() + " bytes");
    }
    int[] fields = new int[FIELDS.length];
    for (int i = 0; i < fields.length; i++) {
      fields[i] = mapped.bytes().get(INT, 4L * i);
      boolean good = i == 5 ? fields[i] != 0 && fields[i] != Integer.MIN_VALUE : fields[i] > 0;
      if (!good) {
        throw mapped.fault(4L * i, "a positive " + FIELDS[i], "" + fields[i]);
      }
    }
    if (fields[0] == MAGIC_OF_LATER_VERSIONS) {
      throw mapped.fault(0, "llama2.c's first format", "a later version, \"ak42\"");
    }
    if (fields[2] > Plan.Bounds.MAX_LAYERS) {
      throw mapped.fault(8, "at most %d layers".formatted(Plan.Bounds.MAX_LAYERS), "" + fields[2]);
    }
    int width = fields[0];
    int heads = fields[3];
    int keyHeads = fields[4];
    if (width % heads != 0 || heads % keyHeads != 0 || width / heads % 2 != 0) {
      throw mapped.fault(
          12,
          "heads of even width that divide the width, in equal groups",
          "%d heads, %d key heads, width %d".formatted(heads, keyHeads, width));
    }
    checkSize(fields);
    var extents =
        new Extents(width, width / heads, Math.abs(fields[5]), Math.abs(fields[5]), fields[6]);
    return new Header(
        extents,
        fields[2],
        LayerConfig.grouped(heads, keyHeads, fields[1]),
        fields[5] > 0,
        (long) keyHeads * (width / heads));
  }

  /// Compares the length of the file with what the header demands, before anything is allocated.
  private void checkSize(int[] fields) throws CheckpointException {
    double width = fields[0];
    double keyWidth = width / fields[3] * fields[4];
    double vocabulary = Math.abs((double) fields[5]) * width;
    double layer = 2 * width + 2 * width * width + 2 * width * keyWidth + 3 * width * fields[1];
    double tables = fields[6] * (width / fields[3]);
    double numbers =
        vocabulary + fields[2] * layer + width + tables + (fields[5] < 0 ? vocabulary : 0);
    // Exact below 2^53, far above the length of any file.
    if (HEADER_BYTES + 4 * numbers != mapped.size()) {
      throw mapped.fault(
          mapped.size(),
          "the end at byte %.0f".formatted(HEADER_BYTES + 4 * numbers),
          "the end here");
    }
  }

  private void placeAll(Header header) {
    long width = header.extents.width();
    int layers = header.layers;
    long vocabulary = header.extents.vocabulary();
    long neurons = header.layer.neurons();
    place("token_embedding_table", vocabulary, width);
    placeLayers(layers, "rms_att", width);
    placeLayers(layers, "wq", width, width);
    placeLayers(layers, "wk", header.keyWidth, width);
    placeLayers(layers, "wv", header.keyWidth, width);
    placeLayers(layers, "wo", width, width);
    placeLayers(layers, "rms_ffn", width);
    placeLayers(layers, "w1", neurons, width);
    placeLayers(layers, "w2", width, neurons);
    placeLayers(layers, "w3", neurons, width);
    place("rms_final", width);
    at += 4L * header.extents.positions() * header.extents.headWidth();
    if (!header.tied) {
      place("wcls", vocabulary, width);
    }
  }

  private void placeLayers(int layers, String name, Long... shape) {
    for (int l = 0; l < layers; l++) {
      place("layers.%d.%s".formatted(l, name), shape);
    }
  }

  private void place(String name, Long... shape) {
    long bytes = 4;
    for (long extent : shape) {
      bytes *= extent;
    }
    String full = name + ".weight";
    tensors.put(
        full,
        new StoredTensor(
            mapped.file(),
            full,
            "F32",
            Dtype.F32,
            List.of(shape),
            mapped.bytes().asSlice(at, bytes)));
    at += bytes;
  }

  private static Plan plan(Header header) {
    int headWidth = header.extents.headWidth();
    var config =
        new ModelConfig(
            "llama",
            header.extents,
            RotaryScaling.positions(headWidth, 10000, null),
            new NormConfig(Norm.Kind.RMS, 1e-5f),
            new Block(false, Activation.SILU, true, true, 0, Activations.attentionScale(headWidth)),
            header.tied,
            Collections.nCopies(header.layers, header.layer));
    var options = new Options(false, false, false, false, true);
    List<StoredLayer> layers = config.layers().stream().map(StoredLayer::whole).toList();
    return new Plan(config, new GatedPlaces(NAMES, options).of(config, layers), _ -> false);
  }
}
