package ai.hartonomous.platform.cli;

import java.math.BigDecimal;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// What a listing costs, as options. What is not named costs nothing.
final class PriceOptions {

  @Option(names = "--input", paramLabel = "X", description = "Price of a token that is read.")
  private @Nullable BigDecimal input;

  @Option(names = "--output", paramLabel = "X", description = "Price of a token that is written.")
  private @Nullable BigDecimal output;

  @Option(names = "--request", paramLabel = "X", description = "Price of a request.")
  private @Nullable BigDecimal request;

  @Option(
      names = "--minimum",
      paramLabel = "X",
      description = "Least price of a month, used or not.")
  private @Nullable BigDecimal minimum;

  /// {@return whether no price is named}
  boolean isEmpty() {
    return Stream.of(input, output, request, minimum).allMatch(it -> it == null);
  }

  /// Writes the prices into the body of a request.
  void write(ObjectNode body) {
    ArrayNode charges = body.putArray("charges");
    charge(charges, "input", input);
    charge(charges, "output", output);
    charge(charges, "requests", request);
    if (minimum != null) {
      body.put("minimum", minimum);
    }
  }

  private static void charge(ArrayNode charges, String item, @Nullable BigDecimal amount) {
    if (amount != null) {
      charges.addObject().put("item", item).put("model", "unit").put("amount", amount);
    }
  }
}
