/// Benchmarks beside a peer, in turns on the same machine, and JMH benchmarks of single kernels.
@NullMarked
package ai.hartonomous.bench;

import org.jspecify.annotations.NullMarked;
