/// What an agent keeps of its source, and what it costs, by measurement.
@NullMarked
package ai.hartonomous.distill.evaluate;

import org.jspecify.annotations.NullMarked;
