package ai.hartonomous.platform.limit;

import ai.hartonomous.platform.LimitSettings;
import jakarta.servlet.http.HttpServletRequest;
import java.util.Locale;

/// Kinds of requests that are limited each for itself.
enum Operation {
  /// What reads below `/v1`.
  READS,
  /// `POST /v1/models/query`.
  QUERIES,
  /// `POST /v1/agents`.
  AGENTS,
  /// OpenAI's interface.
  INFERENCE,
  /// Everything else.
  WRITES;

  /// {@return the name in headers and in the database}
  String text() {
    return name().toLowerCase(Locale.ROOT);
  }

  /// {@return how many a user may call in a second, on average}
  int perSecond(LimitSettings settings) {
    return switch (this) {
      case READS -> settings.reads();
      case QUERIES -> settings.queries();
      case AGENTS -> settings.agents();
      case INFERENCE -> settings.inference();
      case WRITES -> settings.writes();
    };
  }

  static Operation of(HttpServletRequest request) {
    String path = request.getServletPath(); // decoded, so that no spelling leads around
    if (path.startsWith("/openai/")) {
      return INFERENCE;
    }
    return switch (request.getMethod()) {
      case "GET", "HEAD" -> READS;
      case "POST" ->
          switch (path) {
            case "/v1/models/query" -> QUERIES;
            case "/v1/agents" -> AGENTS;
            default -> WRITES;
          };
      default -> WRITES;
    };
  }
}
