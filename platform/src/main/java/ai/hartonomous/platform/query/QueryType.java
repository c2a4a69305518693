package ai.hartonomous.platform.query;

/// What a query looks at.
enum QueryType {
  /// Models by what is known of them.
  METADATA,
  /// Components, features and capabilities by nearness.
  VECTOR,
  /// Components by how they respond to a text.
  TEXT,
  /// Features and paths between them.
  GRAPH
}
