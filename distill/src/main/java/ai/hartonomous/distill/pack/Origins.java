package ai.hartonomous.distill.pack;

import ai.hartonomous.model.checkpoint.Checkpoint;
import ai.hartonomous.model.checkpoint.Checkpoints;
import ai.hartonomous.model.checkpoint.ParameterPlace;
import ai.hartonomous.model.transformer.Model;
import ai.hartonomous.model.transformer.Weights.Parameter;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/// Where each weight of an agent comes from in its source's files.
public final class Origins {
  private final Map<String, Origin> byParameter;

  private Origins(Map<String, Origin> byParameter) {
    this.byParameter = byParameter;
  }

  /// Where one weight comes from. All ranges count rows and columns of the source's tensor.
  ///
  /// @param parameter name of the weight in our own model
  /// @param tensor name of the source's tensor, or null where the source has none: a bias that
  ///   holds folded means alone
  /// @param order order of the numbers in that tensor
  /// @param rows rows it has of them, such as `0-15,32-47`; of a vector, its numbers
  /// @param columns columns it has of them
  /// @param foldedFrom tensor whose removed columns, times the means of what they read, were added;
  ///   null where nothing was folded
  /// @param foldedColumns these columns
  /// @param foldedLayers layers of the source that are gone as a whole and whose constant output
  ///   was added
  /// @param largestChange largest difference to the source's numbers; 0 where healing did not touch
  ///   it, null where the source has no tensor
  public record Origin(
      String parameter,
      @Nullable String tensor,
      @Nullable String order,
      @Nullable String rows,
      @Nullable String columns,
      @Nullable String foldedFrom,
      @Nullable String foldedColumns,
      List<Integer> foldedLayers,
      @Nullable Float largestChange) {

    /// Copies the list.
    public Origin {
      foldedLayers = List.copyOf(foldedLayers);
    }
  }

  /// Finds the origins.
  ///
  /// @param source the source's files
  /// @param model the source
  /// @param kept what the agent has of it
  /// @param agent the agent
  /// @return the origins
  /// @throws IOException if the source's files cannot be read
  static Origins of(Path source, Model model, KeptWeights kept, Model agent) throws IOException {
    try (Checkpoint checkpoint = Checkpoints.open(source)) {
      var finder =
          new Finder(
              checkpoint.parameterPlaces().stream()
                  .collect(Collectors.toMap(ParameterPlace::parameter, Function.identity())),
              parameters(model),
              kept);
      Map<String, Origin> found = new LinkedHashMap<>();
      parameters(agent).forEach((name, weight) -> found.put(name, finder.of(weight)));
      return new Origins(found);
    }
  }

  private static Map<String, Parameter> parameters(Model model) {
    return model.weights().parameters().stream()
        .collect(
            Collectors.toMap(
                Parameter::name, Function.identity(), (a, _) -> a, LinkedHashMap::new));
  }

  /// {@return the origins of the weights in a tensor of the agent}
  ///
  /// @param places where the agent's weights stand
  /// @param tensor name of the tensor
  List<Origin> in(List<ParameterPlace> places, String tensor) {
    List<Origin> all = new ArrayList<>();
    for (ParameterPlace place : places) {
      Origin origin = byParameter.get(place.parameter());
      if (place.tensor().equals(tensor) && origin != null) {
        all.add(origin);
      }
    }
    return all;
  }

  private record Finder(
      Map<String, ParameterPlace> places, Map<String, Parameter> source, KeptWeights kept) {

    Origin of(Parameter agent) {
      String name = kept.inSource(agent.name());
      List<Integer> layers = IntStream.of(kept.layersIn(agent.name())).boxed().toList();
      KeptWeights.Part part = kept.of(name);
      ParameterPlace place = places.get(name);
      String foldedFrom = null;
      String foldedColumns = null;
      if (part.folded() != null) {
        ParameterPlace weight = places.get(name.replace(".bias", ".weight"));
        foldedFrom = weight == null ? null : weight.tensor();
        foldedColumns = weight == null ? null : Ranges.of(pick(weight.columns(), part.folded()));
      }
      Parameter from = source.get(name);
      if (place == null || from == null) {
        return new Origin(
            agent.name(), null, null, null, null, foldedFrom, foldedColumns, layers, null);
      }
      return new Origin(
          agent.name(),
          place.tensor(),
          place.order().name().toLowerCase(Locale.ROOT),
          Ranges.of(pick(place.rows(), part.rows())),
          Ranges.of(pick(place.columns(), part.columns())),
          foldedFrom,
          foldedColumns,
          layers,
          change(agent, from, part));
    }

    private static int[] pick(int[] all, int @Nullable [] chosen) {
      return chosen == null ? all : IntStream.of(chosen).map(i -> all[i]).toArray();
    }

    private static float change(Parameter agent, Parameter from, KeptWeights.Part part) {
      // A vector's numbers count as rows in places, and as columns in parameters.
      boolean vector = agent.name().endsWith(".bias") || agent.name().endsWith(".gain");
      int[] rows = indices(vector ? null : part.rows(), from.rows());
      int[] columns = indices(vector ? part.rows() : part.columns(), from.cols());
      float largest = 0;
      for (int r = 0; r < agent.rows(); r++) {
        for (int c = 0; c < agent.cols(); c++) {
          float before = from.data()[rows[r] * from.cols() + columns[c]];
          largest = Math.max(largest, Math.abs(agent.data()[r * agent.cols() + c] - before));
        }
      }
      return largest;
    }

    private static int[] indices(int @Nullable [] chosen, int all) {
      return chosen == null ? IntStream.range(0, all).toArray() : chosen;
    }
  }
}
