package ai.hartonomous.platform.graph;

import java.util.Locale;
import org.springframework.core.convert.converter.Converter;
import org.springframework.stereotype.Component;

/// Reads a direction from a query, where it is written in small letters.
@Component
class DirectionConverter implements Converter<String, Direction> {

  @Override
  public Direction convert(String text) {
    return Direction.valueOf(text.toUpperCase(Locale.ROOT));
  }
}
