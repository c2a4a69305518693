package ai.hartonomous.platform.audit;

import ai.hartonomous.platform.audit.AuditRows.Owned;
import ai.hartonomous.platform.tenant.Tenant;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.springframework.dao.DuplicateKeyException;
import org.springframework.stereotype.Service;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.support.TransactionTemplate;

/// Writes the audit log. An entry is committed when {@link #append} returns. What comes in while a
/// batch is written is the next batch, so that many entries share a commit. That a number can be
/// there once keeps two nodes from writing over each other: who comes second reads the end of the
/// chain again.
@Service
public class Audit {

  private static final int TRIES = 50;
  private static final int MOST_TARGET = 500;

  private final AuditRows rows;
  private final TransactionTemplate transaction;
  private final Queue<Waiting> waiting = new ConcurrentLinkedQueue<>();
  private final ReentrantLock writing = new ReentrantLock();

  Audit(AuditRows rows, PlatformTransactionManager transactions) {
    this.rows = rows;
    this.transaction = new TransactionTemplate(transactions);
    this.transaction.setPropagationBehavior(TransactionDefinition.PROPAGATION_REQUIRES_NEW);
  }

  private static final class Waiting {
    private final String user;
    private final String actor;
    private final String action;
    private final String target;
    private final Instant created = Instant.now().truncatedTo(ChronoUnit.MICROS);
    private volatile boolean done;
    private volatile @Nullable RuntimeException failure;

    Waiting(String user, String actor, String action, String target) {
      this.user = user;
      this.actor = actor;
      this.action = action;
      this.target = target;
    }
  }

  /// Adds an entry to the chain of a user. The actor is who is known now, or else the user.
  ///
  /// @param user whose chain it is
  /// @param action what was done, at most 50 letters
  /// @param target what it was done to, or where from; no secrets; cut to 500 letters
  public void append(String user, String action, String target) {
    String actor = Tenant.find().orElse(user);
    String cut = target.length() > MOST_TARGET ? target.substring(0, MOST_TARGET) : target;
    var mine = new Waiting(user, actor, action, cut);
    waiting.add(mine);
    writing.lock();
    try {
      if (!mine.done) {
        writeAll();
      }
    } finally {
      writing.unlock();
    }
    RuntimeException failure = mine.failure;
    if (failure != null) {
      throw failure;
    }
  }

  private void writeAll() {
    var batch = new ArrayList<Waiting>();
    for (Waiting next = waiting.poll(); next != null; next = waiting.poll()) {
      batch.add(next);
    }
    RuntimeException failure = null;
    try {
      write(batch);
    } catch (RuntimeException e) { // each who waits must learn of it
      failure = e;
    }
    for (Waiting entry : batch) {
      entry.failure = failure;
      entry.done = true;
    }
  }

  private void write(List<Waiting> batch) {
    for (int attempt = 1; ; attempt++) {
      try {
        transaction.executeWithoutResult(_ -> rows.insert(chained(batch)));
        return;
      } catch (DuplicateKeyException e) {
        if (attempt == TRIES) {
          throw e;
        }
      }
    }
  }

  private List<Owned> chained(List<Waiting> batch) {
    Map<String, AuditHead> heads = new HashMap<>();
    var entries = new ArrayList<Owned>();
    for (Waiting next : batch) {
      AuditHead head = heads.computeIfAbsent(next.user, rows::head);
      AuditEntry entry =
          AuditEntry.after(next.user, head, next.created, next.actor, next.action, next.target);
      heads.put(next.user, new AuditHead(next.user, entry.number(), entry.hash()));
      entries.add(new Owned(next.user, entry));
    }
    return entries;
  }
}
