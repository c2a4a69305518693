/// Components, features, prompts and capabilities as directions in one space: how they respond to
/// the same short texts.
@NullMarked
package ai.hartonomous.interpret.probe;

import org.jspecify.annotations.NullMarked;
