package ai.hartonomous.platform.limit;

import ai.hartonomous.platform.limit.BucketTable.Key;
import ai.hartonomous.platform.tenant.Columns;
import io.github.bucket4j.distributed.proxy.ClientSideConfig;
import io.github.bucket4j.distributed.proxy.generic.compare_and_swap.AbstractCompareAndSwapBasedProxyManager;
import io.github.bucket4j.distributed.proxy.generic.compare_and_swap.AsyncCompareAndSwapOperation;
import io.github.bucket4j.distributed.proxy.generic.compare_and_swap.CompareAndSwapOperation;
import io.github.bucket4j.distributed.remote.RemoteBucketState;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.springframework.dao.DuplicateKeyException;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/// Bucket4j's buckets in a table that all nodes share. A bucket is changed by comparing its state
/// with the one that was read and swapping it, in one statement: no locks, no long transactions,
/// and the same on every database. Plain SQL; every statement names the user.
@Component
class BucketTable extends AbstractCompareAndSwapBasedProxyManager<Key> {

  private final JdbcClient jdbc;

  /// @param user whose bucket it is
  /// @param operation what it limits
  record Key(String user, String operation) {}

  BucketTable(JdbcClient jdbc) {
    super(ClientSideConfig.getDefault());
    this.jdbc = jdbc;
  }

  @Override
  protected CompareAndSwapOperation beginCompareAndSwapOperation(Key key) {
    return new CompareAndSwapOperation() {
      @Override
      public Optional<byte[]> getStateData(Optional<Long> timeoutNanos) {
        return jdbc.sql("select state from rate_bucket where user_id = ? and operation = ?")
            .params(key.user(), key.operation())
            .query((row, _) -> row.getBytes("state"))
            .optional();
      }

      @Override
      public boolean compareAndSwap(
          byte @Nullable [] seen,
          byte[] wanted,
          RemoteBucketState state,
          Optional<Long> timeoutNanos) {
        return seen == null ? insert(key, wanted) : swap(key, seen, wanted);
      }
    };
  }

  private boolean insert(Key key, byte[] state) {
    OffsetDateTime now = OffsetDateTime.now(ZoneOffset.UTC);
    UUID id = Columns.id();
    try {
      jdbc.sql(
              "insert into rate_bucket (id, user_id, created, updated, deleted, operation, state)"
                  + " values (?, ?, ?, ?, ?, ?, ?)")
          .params(id, key.user(), now, now, false, key.operation(), state)
          .update();
      return true;
    } catch (DuplicateKeyException _) {
      return false; // another node was first
    }
  }

  private boolean swap(Key key, byte[] seen, byte[] wanted) {
    return jdbc.sql(
                "update rate_bucket set state = ?, updated = ?"
                    + " where user_id = ? and operation = ? and state = ?")
            .params(wanted, OffsetDateTime.now(ZoneOffset.UTC), key.user(), key.operation(), seen)
            .update()
        == 1;
  }

  @Override
  public void removeProxy(Key key) {
    jdbc.sql("delete from rate_bucket where user_id = ? and operation = ?")
        .params(key.user(), key.operation())
        .update();
  }

  @Override
  public boolean isAsyncModeSupported() {
    return false;
  }

  @Override
  protected AsyncCompareAndSwapOperation beginAsyncCompareAndSwapOperation(Key key) {
    throw new UnsupportedOperationException();
  }

  @Override
  protected CompletableFuture<Void> removeAsync(Key key) {
    throw new UnsupportedOperationException();
  }
}
