package ai.hartonomous.interpret.interchange;

import ai.hartonomous.interpret.transcoder.CoderActivation;
import ai.hartonomous.interpret.transcoder.CoderWeights;
import ai.hartonomous.interpret.transcoder.SparseCoder;
import ai.hartonomous.model.checkpoint.CheckpointException;
import ai.hartonomous.model.transformer.HookPoint;
import ai.hartonomous.model.transformer.HookPoint.Site;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// Folders with one `config.json` that lists dictionaries; the package comment describes them.
final class PlainDictionaries {
  private static final int MAX_LAYER = 99_999;

  private PlainDictionaries() {}

  static List<StoredCoder> read(Path folder, Settings settings) throws IOException {
    List<StoredCoder> coders = new ArrayList<>();
    for (Settings entry : settings.objects("dictionaries")) {
      String name = entry.text("file");
      if (!name.matches("[A-Za-z0-9_-][A-Za-z0-9._-]{0,200}")) {
        throw entry.unexpected("file", "the plain name of a file", Settings.quote(name));
      }
      try (CoderTensors tensors = CoderTensors.open(folder.resolve(name))) {
        coders.add(read(entry, tensors));
      }
    }
    return coders;
  }

  private static StoredCoder read(Settings entry, CoderTensors tensors) throws CheckpointException {
    int latents = entry.count(1, "n_features");
    int width = entry.count(1, "d_in");
    int out = entry.count(1, "d_out");
    int layer = entry.count(0, "layer");
    if (layer > MAX_LAYER) {
      throw entry.unexpected("layer", "at most " + MAX_LAYER, "" + layer);
    }
    String kind = entry.text("kind");
    HookPoint reads =
        switch (kind) {
          case "mlp_transcoder" -> new HookPoint(Site.MLP_INPUT, layer);
          case "residual_sae" -> new HookPoint(Site.RESIDUAL_AFTER, layer);
          default ->
              throw entry.unexpected(
                  "kind", "mlp_transcoder or residual_sae", Settings.quote(kind));
        };
    HookPoint writes =
        kind.equals("mlp_transcoder") ? new HookPoint(Site.MLP_OUTPUT, layer) : reads;
    var weights =
        new CoderWeights(
            tensors.transposed("W_enc", latents, width),
            tensors.vector("b_enc", latents),
            tensors.matrix("W_dec", latents, out),
            tensors.vector("b_dec", out),
            null,
            null);
    var coder = new SparseCoder(reads, writes, new CoderActivation.Relu(), weights);
    var notes = new CoderNotes(null, null, null, Map.of(), entry.node().toString());
    return new StoredCoder(coder, notes);
  }
}
