/// Embeddings of components, features and capabilities: a table that holds them, and a nearest
/// neighbour index made from it.
@NullMarked
package ai.hartonomous.platform.vector;

import org.jspecify.annotations.NullMarked;
