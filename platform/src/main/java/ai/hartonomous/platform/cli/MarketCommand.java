package ai.hartonomous.platform.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/// `hartonomous market`: agents are offered to others.
@Command(
    name = "market",
    description = "Offers agents to others, and finds theirs.",
    mixinStandardHelpOptions = true,
    subcommands = {
      MarketAccessCommand.class,
      MarketLiftCommand.class,
      MarketListingsCommand.class,
      MarketPriceCommand.class,
      MarketPublishCommand.class,
      MarketRelistCommand.class,
      MarketReviewCommand.class,
      MarketSalesCommand.class,
      MarketSearchCommand.class,
      MarketSubscribeCommand.class,
      MarketSubscriptionsCommand.class,
      MarketTakedownCommand.class,
      MarketUnsubscribeCommand.class
    },
    synopsisSubcommandLabel = "COMMAND")
final class MarketCommand implements Runnable {

  @Spec private CommandSpec spec;

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "Missing command.");
  }
}
