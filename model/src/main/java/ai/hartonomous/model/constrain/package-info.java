/// Constrained decoding: which tokens may come next so that a text follows a grammar, a JSON schema
/// above all, to its end.
@NullMarked
package ai.hartonomous.model.constrain;

import org.jspecify.annotations.NullMarked;
