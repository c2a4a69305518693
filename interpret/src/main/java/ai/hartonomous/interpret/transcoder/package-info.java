/// Sparse coders: skip transcoders, transcoders and sparse autoencoders of a transformer's values.
@NullMarked
package ai.hartonomous.interpret.transcoder;

import org.jspecify.annotations.NullMarked;
