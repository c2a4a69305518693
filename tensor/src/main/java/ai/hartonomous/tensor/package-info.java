/// Shapes, memory and numeric kernels.
@NullMarked
package ai.hartonomous.tensor;

import org.jspecify.annotations.NullMarked;
