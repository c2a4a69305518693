/// Trains a sample model in our own engine, resumes exactly, and writes it with its card.
@NullMarked
package ai.hartonomous.samples.train;

import org.jspecify.annotations.NullMarked;
