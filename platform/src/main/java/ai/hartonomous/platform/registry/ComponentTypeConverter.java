package ai.hartonomous.platform.registry;

import java.util.Locale;
import org.springframework.core.convert.converter.Converter;
import org.springframework.stereotype.Component;

/// Reads the type of a component from a query, where it is written in small letters.
@Component
class ComponentTypeConverter implements Converter<String, ComponentType> {

  @Override
  public ComponentType convert(String text) {
    return ComponentType.valueOf(text.toUpperCase(Locale.ROOT));
  }
}
