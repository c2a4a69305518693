/// Tests of the whole: architecture rules, end-to-end runs and reproductions.
@NullMarked
package ai.hartonomous.verify;

import org.jspecify.annotations.NullMarked;
