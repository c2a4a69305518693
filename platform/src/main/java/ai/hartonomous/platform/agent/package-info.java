/// Agents: specialists distilled from registered models.
@NullMarked
package ai.hartonomous.platform.agent;

import org.jspecify.annotations.NullMarked;
