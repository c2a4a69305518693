package ai.hartonomous.platform.cli;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;

/// All verbs that are one request each, and where they stand among the commands.
final class Verbs {

  /// Groups that have no command class of their own.
  private static final Map<String, String> GROUPS =
      Map.of(
          "billing", "Says how tenants pay, and for whom.",
          "budget", "Bounds what keys, users and tenants take.",
          "invoice payment", "Pays invoices through the payment provider.",
          "licence", "Sells licences of models.",
          "market publisher", "Says under which name a user (--as) publishes, and who is known.",
          "payout account", "Says where an owner (--as) wants to be paid.",
          "wallet", "Shows a wallet, and pays into it. --as names the tenant.");

  private Verbs() {}

  /// {@return all verbs, in the order in which helps list them}
  static List<Verb> all() {
    return Stream.of(
            BillingVerbs.ALL, InvoiceVerbs.ALL, PayoutVerbs.ALL, UserVerbs.ALL, WalletVerbs.ALL)
        .flatMap(List::stream)
        .toList();
  }

  /// Adds all verbs to the command line.
  static void addTo(CommandLine line) {
    for (Verb verb : all()) {
      CommandSpec group = line.getCommandSpec();
      String[] words = verb.words().split(" ");
      String path = "";
      for (int i = 0; i < words.length - 1; i++) {
        path = (path + " " + words[i]).strip();
        group = group(group, words[i], path);
      }
      group.addSubcommand(words[words.length - 1], RouteCommand.spec(verb));
    }
    sort(line.getCommandSpec());
  }

  private static CommandSpec group(CommandSpec parent, String word, String path) {
    CommandLine known = parent.subcommands().get(word);
    if (known != null) {
      return known.getCommandSpec();
    }
    String description = GROUPS.get(path);
    if (description == null) {
      throw new IllegalStateException("nothing says what '" + path + "' is for");
    }
    CommandSpec made = GroupCommand.spec(description);
    parent.addSubcommand(word, made);
    return made;
  }

  /// Helps list commands in the order in which they were added.
  private static void sort(CommandSpec spec) {
    var sorted = new TreeMap<>(spec.subcommands());
    sorted.keySet().forEach(spec::removeSubcommand);
    sorted.forEach(spec::addSubcommand);
  }
}
