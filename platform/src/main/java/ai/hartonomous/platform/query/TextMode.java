package ai.hartonomous.platform.query;

/// How components are found for a text.
enum TextMode {
  /// By what they do on probe texts like it: in all models, from one reading.
  PROBE,
  /// By what they do on the text itself: of the model that reads it.
  RESPOND
}
