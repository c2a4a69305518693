/// Attribution graphs: for one prompt, how much every feature, error and token adds directly to
/// every feature and logit, exact in a frozen, linear copy of the model.
@NullMarked
package ai.hartonomous.interpret.attribute;

import org.jspecify.annotations.NullMarked;
