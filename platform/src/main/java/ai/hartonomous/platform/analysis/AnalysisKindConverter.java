package ai.hartonomous.platform.analysis;

import java.util.Locale;
import org.springframework.core.convert.converter.Converter;
import org.springframework.stereotype.Component;

/// Reads what to find out from an address, where it is written in small letters.
@Component
class AnalysisKindConverter implements Converter<String, AnalysisKind> {

  @Override
  public AnalysisKind convert(String text) {
    return AnalysisKind.valueOf(text.toUpperCase(Locale.ROOT));
  }
}
