/// Generators of corpora and capability suites, and the shipped sample model.
@NullMarked
package ai.hartonomous.samples;

import org.jspecify.annotations.NullMarked;
