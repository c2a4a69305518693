package ai.hartonomous.platform.job;

import com.fasterxml.jackson.annotation.JsonRawValue;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// A job as the API shows it.
///
/// @param id its id
/// @param kind what it does
/// @param state where it stands
/// @param urgency which of its user's waiting jobs go first, from 0, the first, to 7; 3 at the
///   start
/// @param stage part of the work that runs, or null before the first
/// @param progress part of the whole work that is done, 0 to 1
/// @param message what happened last, or null
/// @param details JSON of what was found out so far, or null
/// @param result JSON of its result, or null without one
/// @param failure why there is no result, or null
/// @param created when it was asked for
/// @param started when work began last, or null
/// @param ended when it ended, or null
public record JobView(
    UUID id,
    String kind,
    JobState state,
    int urgency,
    @Nullable String stage,
    double progress,
    @Nullable String message,
    @JsonRawValue @Nullable String details,
    @JsonRawValue @Nullable String result,
    @Nullable String failure,
    Instant created,
    @Nullable Instant started,
    @Nullable Instant ended) {

  static JobView of(JobRow row) {
    return new JobView(
        row.getId(),
        row.kind,
        row.state,
        row.urgency,
        row.stage,
        row.progress,
        row.message,
        row.details,
        row.result,
        row.failure,
        row.created(),
        row.started,
        row.ended);
  }
}
