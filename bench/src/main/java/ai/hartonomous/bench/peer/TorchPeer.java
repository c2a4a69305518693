package ai.hartonomous.bench.peer;

import ai.hartonomous.bench.Scratch;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/// PyTorch in a child process that does one round for each line it is sent. The script
/// `torch_peer.py` describes the lines.
public final class TorchPeer implements AutoCloseable {
  /// Interpreters to try: Debian installs `python3-torch` for its own one only.
  private static final List<String> INTERPRETERS = List.of("/usr/bin/python3", "python3");

  private final Process process;
  private final PrintWriter orders;
  private final BufferedReader answers;
  private final String version;

  private TorchPeer(Process process) throws IOException {
    this.process = process;
    orders = new PrintWriter(process.outputWriter(StandardCharsets.UTF_8), true);
    answers = process.inputReader(StandardCharsets.UTF_8);
    version = answer();
  }

  /// {@return an interpreter that has PyTorch, if there is one}
  ///
  /// @throws IOException if this machine cannot start processes
  public static Optional<String> interpreter() throws IOException {
    for (String candidate : INTERPRETERS) {
      if (hasTorch(candidate)) {
        return Optional.of(candidate);
      }
    }
    return Optional.empty();
  }

  private static boolean hasTorch(String interpreter) throws IOException {
    try {
      Process probe =
          new ProcessBuilder(interpreter, "-c", "import torch")
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start();
      return probe.waitFor(60, TimeUnit.SECONDS) && probe.exitValue() == 0;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new PeerException("interrupted while looking for PyTorch", e);
    } catch (IOException e) {
      if (Files.exists(Path.of(interpreter))) {
        throw e;
      }
      return false;
    }
  }

  /// {@return PyTorch, ready to run the model whose weights it reads from a file}
  ///
  /// @param interpreter Python with PyTorch
  /// @param scratch where the script is put
  /// @param threads threads of PyTorch and of its BLAS
  /// @param arguments arguments of the script after the number of threads
  /// @throws IOException if it does not start
  public static TorchPeer start(
      String interpreter, Scratch scratch, int threads, List<String> arguments) throws IOException {
    return start(interpreter, scratch, "torch_peer.py", threads, arguments);
  }

  /// {@return PyTorch, running a script that answers lines}
  ///
  /// @param interpreter Python with PyTorch
  /// @param scratch where the script is put
  /// @param name file name of the script beside this class
  /// @param threads threads of PyTorch and of its BLAS
  /// @param arguments arguments of the script after the number of threads
  /// @throws IOException if it does not start
  public static TorchPeer start(
      String interpreter, Scratch scratch, String name, int threads, List<String> arguments)
      throws IOException {
    Path script = scratch.file(name);
    try (InputStream source = TorchPeer.class.getResourceAsStream(name)) {
      if (source == null) {
        throw new PeerException(name + " is not in the class path");
      }
      Files.copy(source, script);
    }
    List<String> command = new ArrayList<>(List.of(interpreter, script.toString()));
    command.add(Integer.toString(threads));
    command.addAll(arguments);
    var builder = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT);
    builder.environment().put("OMP_NUM_THREADS", Integer.toString(threads));
    builder.environment().put("OPENBLAS_NUM_THREADS", Integer.toString(threads));
    return new TorchPeer(builder.start());
  }

  /// {@return name, version and BLAS, as the script reports them}
  public String version() {
    return version;
  }

  /// {@return the answer to one order}
  ///
  /// @param order one line that the script knows
  /// @throws PeerException if the process ended
  public String ask(String order) throws PeerException {
    orders.println(order);
    return answer();
  }

  private String answer() throws PeerException {
    try {
      String line = answers.readLine();
      if (line == null) {
        throw new PeerException("PyTorch ended without an answer; its messages are above");
      }
      return line;
    } catch (IOException e) {
      throw new PeerException("PyTorch's answer cannot be read", e);
    }
  }

  @Override
  public void close() {
    orders.close();
    process.destroy();
  }
}
