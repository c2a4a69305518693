/// Texts of the user that models read.
@NullMarked
package ai.hartonomous.platform.corpus;

import org.jspecify.annotations.NullMarked;
