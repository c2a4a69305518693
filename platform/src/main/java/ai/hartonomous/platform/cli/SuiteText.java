package ai.hartonomous.platform.cli;

import ai.hartonomous.distill.capability.CapabilityItem;
import ai.hartonomous.distill.capability.CapabilityItem.Split;
import ai.hartonomous.distill.capability.CapabilitySuite;
import ai.hartonomous.distill.capability.Task;
import java.io.PrintWriter;
import java.util.List;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// Shows what is in a suite.
final class SuiteText {
  private static final int SHOWN_CHARACTERS = 100;

  private SuiteText() {}

  /// Prints a suite.
  ///
  /// @param examples items of each capability to show
  static void print(PrintWriter out, CapabilitySuite suite, int examples, boolean asJson) {
    out.print(asJson ? json(suite, examples) : text(suite, examples));
    out.flush();
  }

  private static String text(CapabilitySuite suite, int examples) {
    var text = new StringBuilder();
    text.append(
        "%-40s %-12s %-20s %12s %9s%n"
            .formatted("capability", "kind", "metric", "calibration", "held out"));
    for (String capability : suite.capabilities()) {
      List<CapabilityItem> items = items(suite, capability);
      Task task = items.getFirst().task();
      text.append(
          "%-40s %-12s %-20s %12d %9d%n"
              .formatted(
                  capability,
                  kind(task),
                  task.metric().label(),
                  count(items, Split.CALIBRATION),
                  count(items, Split.HELD_OUT)));
      for (CapabilityItem item : items.subList(0, Math.min(examples, items.size()))) {
        text.append("  ").append(cut(item.prompt() + " | " + item.answer())).append('\n');
      }
    }
    return text.append("SHA-256 ").append(suite.contentHash()).append('\n').toString();
  }

  private static String kind(Task task) {
    return task.kind().split(" ", 2)[0];
  }

  private static List<CapabilityItem> items(CapabilitySuite suite, String capability) {
    return suite.items().stream().filter(item -> item.capability().equals(capability)).toList();
  }

  private static long count(List<CapabilityItem> items, Split split) {
    return items.stream().filter(item -> item.split() == split).count();
  }

  private static String cut(String text) {
    String line = text.replace("\n", "\\n");
    return line.length() <= SHOWN_CHARACTERS ? line : line.substring(0, SHOWN_CHARACTERS) + "...";
  }

  private static String json(CapabilitySuite suite, int examples) {
    ObjectNode root = new JsonMapper().createObjectNode();
    root.put("items", suite.items().size()).put("sha256", suite.contentHash());
    ArrayNode capabilities = root.putArray("capabilities");
    for (String capability : suite.capabilities()) {
      List<CapabilityItem> items = items(suite, capability);
      ObjectNode entry = capabilities.addObject();
      entry.put("capability", capability).put("kind", kind(items.getFirst().task()));
      entry.put("metric", items.getFirst().task().metric().label());
      entry.put("calibration", count(items, Split.CALIBRATION));
      entry.put("held_out", count(items, Split.HELD_OUT));
      ArrayNode shown = entry.putArray("examples");
      for (CapabilityItem item : items.subList(0, Math.min(examples, items.size()))) {
        shown.addObject().put("prompt", item.prompt()).put("answer", item.answer());
      }
    }
    return root + "\n";
  }
}
