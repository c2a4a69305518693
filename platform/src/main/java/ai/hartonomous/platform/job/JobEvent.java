package ai.hartonomous.platform.job;

/// Something that happened to a job, as it is told to those who wait for it.
///
/// @param number from 1, without gaps
/// @param type `state` or `progress`
/// @param body the job as it stood then, JSON; empty where only the number is known
/// @param last whether nothing more happens
record JobEvent(int number, String type, String body, boolean last) {

  /// {@return news that there is an event, without what it says}
  ///
  /// @param number its number
  static JobEvent hint(int number) {
    return new JobEvent(number, "", "", false);
  }

  boolean isHint() {
    return body.isEmpty();
  }
}
