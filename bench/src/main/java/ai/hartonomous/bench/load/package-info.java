/// The server under load: requests per second, latency and what a request costs.
@NullMarked
package ai.hartonomous.bench.load;

import org.jspecify.annotations.NullMarked;
