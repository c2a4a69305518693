/// Small jobs with one right answer, drawn at random, that the sample models are trained for.
@NullMarked
package ai.hartonomous.samples.skill;

import org.jspecify.annotations.NullMarked;
