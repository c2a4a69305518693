package ai.hartonomous.platform.web;

import org.springframework.stereotype.Component;
import tools.jackson.core.JsonParser;
import tools.jackson.databind.DeserializationContext;
import tools.jackson.databind.deser.jdk.StringDeserializer;
import tools.jackson.databind.deser.std.StdScalarDeserializer;
import tools.jackson.databind.module.SimpleModule;

/// Refuses texts that cannot be stored and given back: with a character NUL, which PostgreSQL does
/// not take, or half of a pair of surrogates, which UTF-8 cannot write.
@Component
class TextModule extends SimpleModule {

  private static final long serialVersionUID = 1;

  TextModule() {
    super("text");
    addDeserializer(String.class, new Text());
  }

  private static final class Text extends StdScalarDeserializer<String> {

    Text() {
      super(String.class);
    }

    @Override
    public String deserialize(JsonParser parser, DeserializationContext context) {
      String text = StringDeserializer.instance.deserialize(parser, context);
      if (text != null && !isStorable(text)) {
        context.reportInputMismatch(this, "has a character that no text may have");
      }
      return text;
    }
  }

  private static boolean isStorable(String text) {
    for (int at = 0; at < text.length(); at++) {
      char unit = text.charAt(at);
      if (unit == 0 || Character.isLowSurrogate(unit)) {
        return false;
      }
      if (Character.isHighSurrogate(unit)) {
        at++;
        if (at == text.length() || !Character.isLowSurrogate(text.charAt(at))) {
          return false;
        }
      }
    }
    return true;
  }
}
