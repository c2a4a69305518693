/// Benchmarks, run with JMH.
@NullMarked
package ai.hartonomous.bench;

import org.jspecify.annotations.NullMarked;
