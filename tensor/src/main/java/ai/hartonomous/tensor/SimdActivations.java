package ai.hartonomous.tensor;

import ai.hartonomous.tensor.Kernels.Gated;
import java.util.stream.Stream;

/// Activations and gated products, divided among threads.
final class SimdActivations {

  private final Team team;
  private final ActivationKernels[] kernels;

  SimdActivations(Team team) {
    this.team = team;
    this.kernels =
        Stream.generate(ActivationKernels::new)
            .limit(team.threads())
            .toArray(ActivationKernels[]::new);
  }

  void activate(Activation activation, float[] x, float[] out, int size) {
    Shapes.atLeast("x", x.length, size);
    Shapes.atLeast("out", out.length, size);
    team.run(
        size,
        Ranges.ALONE_EXPONENTIALS,
        (share, shares) ->
            kernels[share].activate(
                activation,
                x,
                out,
                Ranges.start(size, share, shares),
                Ranges.start(size, share + 1, shares)));
  }

  void activateBackward(Activation activation, float[] x, float[] dOut, float[] dX, int size) {
    Shapes.atLeast("x", x.length, size);
    Shapes.atLeast("dOut", dOut.length, size);
    Shapes.atLeast("dX", dX.length, size);
    team.run(
        size,
        Ranges.ALONE_EXPONENTIALS,
        (share, shares) ->
            kernels[share].backward(
                activation,
                x,
                dOut,
                dX,
                Ranges.start(size, share, shares),
                Ranges.start(size, share + 1, shares)));
  }

  void gate(Activation activation, Gated in, float[] out, int size) {
    Shapes.gated(in, size);
    Shapes.atLeast("out", out.length, size);
    team.run(
        size,
        Ranges.ALONE_EXPONENTIALS,
        (share, shares) ->
            kernels[share].gate(
                activation,
                in,
                out,
                Ranges.start(size, share, shares),
                Ranges.start(size, share + 1, shares)));
  }

  void gateBackward(Activation activation, Gated in, float[] dOut, Gated dIn, int size) {
    Shapes.gated(in, size);
    Shapes.gated(dIn, size);
    Shapes.atLeast("dOut", dOut.length, size);
    team.run(
        size,
        Ranges.ALONE_EXPONENTIALS,
        (share, shares) ->
            kernels[share].gateBackward(
                activation,
                in,
                dOut,
                dIn,
                Ranges.start(size, share, shares),
                Ranges.start(size, share + 1, shares)));
  }
}
