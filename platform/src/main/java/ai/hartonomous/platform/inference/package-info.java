/// The OpenAI-compatible interface of deployed agents.
@NullMarked
package ai.hartonomous.platform.inference;

import org.jspecify.annotations.NullMarked;
