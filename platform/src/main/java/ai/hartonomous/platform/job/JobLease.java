package ai.hartonomous.platform.job;

import java.util.UUID;

/// The right of one node to work on a job. Every start of a job has the next epoch, so a node that
/// lost the job without noticing holds a lease that no longer counts.
///
/// @param job the job
/// @param user its user
/// @param epoch which start of the job this is, from 1
record JobLease(UUID job, String user, int epoch) {}
