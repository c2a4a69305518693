package ai.hartonomous.platform.job;

/// The job is no longer this run's: another node took it over, or its user ended it. Whatever the
/// run wanted to store was not stored.
final class LostJobException extends RuntimeException {

  LostJobException(JobLease lease) {
    super("job %s was lost by its start %d".formatted(lease.job(), lease.epoch()));
  }
}
