/// Text from a model, token by token: sampling, stopping, streaming, and many greedy answers at
/// once.
@NullMarked
package ai.hartonomous.model.generate;

import org.jspecify.annotations.NullMarked;
