package ai.hartonomous.model.generate;

import ai.hartonomous.tensor.Kernels;
import java.util.List;

/// Tells what an MLP wrote as features, for an {@link Explanation}: it predicts the MLP's output
/// from its input by a few active features out of many. What it misses is told beside them. Nothing
/// in it changes; any number of threads may use it, each with kernels of its own.
public interface Transcoder {

  /// {@return the layer whose MLP it predicts, from 0}
  int layer();

  /// {@return `D`, the width of input and output}
  int width();

  /// Splits the prediction for one token into its parts. Each is linear in what was written, so it
  /// is told as its product with a direction.
  ///
  /// @param input what the MLP read, `[D]`, after the norm and its gain
  /// @param direction what each number that is written counts, `[D]`
  /// @param kernels computes; used by the calling thread alone
  /// @return the parts, whose sum is the prediction's product with the direction
  Split split(float[] input, double[] direction, Kernels kernels);

  /// A feature that is active.
  ///
  /// @param feature its number from 0
  /// @param activation how much, above 0
  /// @param written its activation times its row of the decoder, times the direction
  record Active(int feature, double activation, double written) {}

  /// The parts of a prediction, each times the direction.
  ///
  /// @param active features, each at most once
  /// @param skip the linear path from input to output; 0 where there is none
  /// @param bias the decoder's bias
  record Split(List<Active> active, double skip, double bias) {

    /// Copies the list.
    public Split {
      active = List.copyOf(active);
    }

    /// {@return what all features write, times the direction}
    double features() {
      return active.stream().mapToDouble(Active::written).sum();
    }
  }
}
