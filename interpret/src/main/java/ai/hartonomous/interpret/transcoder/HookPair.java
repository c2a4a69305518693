package ai.hartonomous.interpret.transcoder;

import ai.hartonomous.model.transformer.HookPoint;
import ai.hartonomous.model.transformer.HookPoint.Site;

/// Where a coder reads and what it predicts.
///
/// @param reads where its input stands
/// @param writes where its target stands; the same place for an autoencoder
public record HookPair(HookPoint reads, HookPoint writes) {

  /// {@return the pair of a transcoder: input of an MLP, after the norm and its gain, and output}
  ///
  /// @param layer layer number from 0
  public static HookPair mlp(int layer) {
    return new HookPair(
        new HookPoint(Site.MLP_INPUT, layer), new HookPoint(Site.MLP_OUTPUT, layer));
  }

  /// {@return whether input and target are the same values}
  public boolean isAutoencoder() {
    return reads.equals(writes);
  }
}
