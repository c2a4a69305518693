package ai.hartonomous.platform.cli;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;
import picocli.CommandLine;
import picocli.CommandLine.IExecutionExceptionHandler;
import picocli.CommandLine.ParseResult;

/// What the command line says when work fails: one line with the reason, exit code 1. What it does
/// not know is a bug and keeps its stack trace.
final class Failures implements IExecutionExceptionHandler {

  @Override
  public int handleExecutionException(
      Exception failure, CommandLine commandLine, ParseResult arguments) throws Exception {
    String reason =
        switch (failure) {
          case NoSuchFileException e -> "no such file: " + e.getMessage();
          case AccessDeniedException e -> "access denied: " + e.getMessage();
          case IOException e -> e.getMessage();
          case InterruptedException _ -> "interrupted";
          default -> throw failure;
        };
    commandLine.getErr().println("hartonomous: " + reason);
    return commandLine.getCommandSpec().exitCodeOnExecutionException();
  }
}
