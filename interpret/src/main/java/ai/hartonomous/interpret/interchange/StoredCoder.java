package ai.hartonomous.interpret.interchange;

import ai.hartonomous.interpret.transcoder.SparseCoder;

/// A coder and what its file tells about its origin.
///
/// @param coder the coder
/// @param notes its origin
public record StoredCoder(SparseCoder coder, CoderNotes notes) {}
