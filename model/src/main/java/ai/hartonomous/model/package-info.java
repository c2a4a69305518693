/// Language models: checkpoints, tokenizers, the forward pass and generation.
@NullMarked
package ai.hartonomous.model;

import org.jspecify.annotations.NullMarked;
