/// Learns the vocabulary of a sample model and writes it as Hugging Face does.
@NullMarked
package ai.hartonomous.samples.vocabulary;

import org.jspecify.annotations.NullMarked;
