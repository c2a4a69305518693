/// One transformer for all families: configuration, weights, forward pass with hook points,
/// backward pass, and decoding with a cache.
@NullMarked
package ai.hartonomous.model.transformer;

import org.jspecify.annotations.NullMarked;
