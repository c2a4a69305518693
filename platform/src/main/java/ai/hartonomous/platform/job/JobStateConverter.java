package ai.hartonomous.platform.job;

import java.util.Locale;
import org.springframework.core.convert.converter.Converter;
import org.springframework.stereotype.Component;

/// Reads the state of a job from a query, where it is written in small letters.
@Component
class JobStateConverter implements Converter<String, JobState> {

  @Override
  public JobState convert(String text) {
    return JobState.valueOf(text.toUpperCase(Locale.ROOT));
  }
}
