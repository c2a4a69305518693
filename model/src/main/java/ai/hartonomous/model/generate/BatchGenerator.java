package ai.hartonomous.model.generate;

import ai.hartonomous.model.tokenizer.Tokenizer;
import ai.hartonomous.model.transformer.Model;
import ai.hartonomous.tensor.Kernels;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/// Continues many texts at once, with any number of models (continuous batching): between two steps
/// sequences come and go, and in a step all that grow with one model share each reading of its
/// weights. Source: Yu et al., "Orca: A Distributed Serving System for Transformer-Based Generative
/// Models", OSDI 2022, section 3.2, iteration-level scheduling.
///
/// A text does not depend on those beside it: every sequence reads its prompt in pieces of its own
/// that begin at multiples of one length, and grows by rows whose products do not depend on the
/// other rows. Where a new prompt begins as one that was read before, whole pieces of keys and
/// values are copied instead of computed, which gives the same numbers.
///
/// Owners do not push each other aside: of those that wait the one with the fewest growing
/// sequences is next, their prompts are read in turns, and nobody has more than three quarters of
/// the places or of the memory, so that another one's request begins at once. What one reader's
/// texts have read is never read on from by another reader's, of the same owner neither: see {@link
/// Owner}.
///
/// One thread computes for all models, one step after the other. Any thread may submit.
public final class BatchGenerator implements AutoCloseable {

  /// An owner leaves one part of so many of places and memory to others.
  private static final int PARTS = 4;

  private final Kernels kernels;
  private final Limits limits;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final Waiting waiting;
  // Changed by the computing thread alone, which holds the lock then.
  private final List<Lane> lanes = new ArrayList<>();
  private final CacheBudget budget;
  private final Thread thread;
  private boolean closed;

  /// What is bounded.
  ///
  /// @param sequences most that grow at once, of all models together
  /// @param waiting most requests that wait
  /// @param waitingEach most requests of one owner that wait
  /// @param cacheBytes most bytes of keys and values: of growing sequences at their longest, and of
  ///   ended ones that are kept for prompts that begin alike
  public record Limits(int sequences, int waiting, int waitingEach, long cacheBytes) {

    /// Checks.
    ///
    /// @throws IllegalArgumentException if a limit is below 1
    public Limits {
      if (Math.min(Math.min(sequences, waiting), waitingEach) < 1 || cacheBytes < 1) {
        throw new IllegalArgumentException("a limit is below 1");
      }
    }
  }

  /// Starts.
  ///
  /// @param kernels computes; used by this alone until it is closed, and closed by its owner
  /// @param limits what is bounded
  public BatchGenerator(Kernels kernels, Limits limits) {
    this.kernels = kernels;
    this.limits = limits;
    waiting = new Waiting(limits);
    budget = new CacheBudget(limits.cacheBytes());
    thread = Thread.ofPlatform().name("generate").daemon().start(this::work);
  }

  /// Queues a request.
  ///
  /// @param owner on whose behalf; among several, the one with the fewest growing sequences is next
  /// @param model continues the text
  /// @param tokenizer its vocabulary
  /// @param request what to generate
  /// @param listener hears every token, on the computing thread: it must not wait
  /// @return the whole, when it is there; cancelling it ends the sequence before the next step
  /// @throws BusyException if too many wait
  /// @throws PromptTooLongException if the prompt fills the model's context
  /// @throws IllegalArgumentException if the model does not write text, or its keys and values
  ///   could never fit
  public CompletableFuture<Generation> submit(
      Object owner,
      Model model,
      Tokenizer tokenizer,
      GenerationRequest request,
      Generator.Listener listener)
      throws BusyException {
    return submit(owner, Voice.of(model, tokenizer), request, listener);
  }

  /// Queues a request to one model or to several that are mixed. Each of them keeps keys and values
  /// of its own for the text, which all count.
  ///
  /// @param owner on whose behalf; among several, the one with the fewest growing sequences is next
  /// @param voice continues the text
  /// @param request what to generate
  /// @param listener hears every token, on the computing thread: it must not wait
  /// @return the whole, when it is there; cancelling it ends the sequence before the next step
  /// @throws BusyException if too many wait
  /// @throws PromptTooLongException if the prompt fills the context of a model
  /// @throws IllegalArgumentException if a model does not write text, its keys and values could
  ///   never fit, or it lacks a component that is to be steered
  public CompletableFuture<Generation> submit(
      Object owner, Voice voice, GenerationRequest request, Generator.Listener listener)
      throws BusyException {
    return submit(new Owner(owner, owner), voice, request, listener);
  }

  /// Queues a request as {@link #submit(Object, Voice, GenerationRequest, Generator.Listener)}
  /// does, for an owner with several readers.
  ///
  /// @param owner on whose behalf
  /// @param voice continues the text
  /// @param request what to generate
  /// @param listener hears every token, on the computing thread: it must not wait
  /// @return the whole, when it is there; cancelling it ends the sequence before the next step
  /// @throws BusyException if too many wait
  /// @throws PromptTooLongException if the prompt fills the context of a model
  /// @throws IllegalArgumentException if a model does not write text, its keys and values could
  ///   never fit, or it lacks a component that is to be steered
  public CompletableFuture<Generation> submit(
      Owner owner, Voice voice, GenerationRequest request, Generator.Listener listener)
      throws BusyException {
    var sequence = new Sequence(owner, voice, request, kernels, listener);
    budget.require(sequence.cacheBytes());
    lock.lock();
    try {
      if (closed) {
        throw new CancellationException("the generator was closed");
      }
      waiting.add(sequence);
      changed.signal();
      return sequence.result();
    } finally {
      lock.unlock();
    }
  }

  /// {@return how things stand}
  public Load load() {
    lock.lock();
    try {
      int growing = lanes.stream().mapToInt(Lane::size).sum();
      return new Load(growing, waiting.size(), budget.used(), budget.kept());
    } finally {
      lock.unlock();
    }
  }

  /// How things stand.
  ///
  /// @param growing sequences that grow
  /// @param waiting requests that wait
  /// @param usedBytes bytes set aside for growing sequences
  /// @param keptBytes bytes of ended sequences, kept for prompts that begin alike
  public record Load(int growing, int waiting, long usedBytes, long keptBytes) {}

  /// Forgets what was kept of a model; its growing sequences go on, and it is gone after them.
  ///
  /// @param model the model
  public void forget(Model model) {
    lock.lock();
    try {
      budget.forget(model);
      lanes.stream().filter(lane -> lane.has(model)).forEach(Lane::forget);
      changed.signal();
    } finally {
      lock.unlock();
    }
  }

  /// Ends all sequences: their results are cancelled.
  @Override
  public void close() {
    lock.lock();
    try {
      closed = true;
      changed.signal();
    } finally {
      lock.unlock();
    }
    boolean interrupted = Thread.interrupted();
    while (thread.isAlive()) {
      try {
        thread.join();
      } catch (InterruptedException _) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private void work() {
    try {
      while (admit()) {
        for (Lane lane : lanes) {
          lane.step();
        }
      }
    } finally { // nobody waits for ever, whatever ended it
      lock.lock();
      try {
        closed = true;
        lanes.forEach(Lane::cancel);
        waiting.cancel();
      } finally {
        lock.unlock();
      }
    }
  }

  /// Lets in what has room; waits while there is nothing to do.
  ///
  /// @return whether to go on
  private boolean admit() {
    lock.lock();
    try {
      removeEnded();
      while (!closed && waiting.isEmpty() && lanes.stream().allMatch(lane -> lane.size() == 0)) {
        changed.awaitUninterruptibly();
        removeEnded();
      }
      int growing = lanes.stream().mapToInt(Lane::size).sum();
      while (!closed && growing < limits.sequences()) {
        Sequence next = waiting.next(this::load);
        if (next == null) {
          break;
        }
        if (!budget.reserve(next.cacheBytes())) {
          break; // it is first again when a sequence has ended
        }
        waiting.remove(next);
        lane(next.models()).add(next, budget);
        growing++;
      }
      return !closed;
    } finally {
      lock.unlock();
    }
  }

  private void removeEnded() {
    lanes.forEach(lane -> lane.removeEnded(budget));
    lanes.removeIf(Lane::isGone);
  }

  /// {@return how many sequences of its owner grow; the largest number if these leave room for
  /// others only without this one}
  private long load(Sequence next) {
    Object owner = next.owner();
    long growing = lanes.stream().mapToLong(lane -> lane.growing(owner)).sum();
    if (growing == 0) {
      return 0;
    }
    long bytes = lanes.stream().mapToLong(lane -> lane.cacheBytes(owner)).sum();
    boolean leavesPlaces = growing < limits.sequences() - limits.sequences() / PARTS;
    boolean leavesBytes =
        bytes + next.cacheBytes() <= limits.cacheBytes() - limits.cacheBytes() / PARTS;
    return leavesPlaces && leavesBytes ? growing : Long.MAX_VALUE;
  }

  private Lane lane(List<Model> models) {
    for (Lane present : lanes) {
      if (present.isOf(models)) {
        return present;
      }
    }
    lanes.removeIf(lane -> lane.size() == 0); // with their buffers
    var lane = new Lane(models, kernels);
    lanes.add(lane);
    return lane;
  }
}
