package ai.hartonomous.interpret.probe;

/// A short text to which every component responds.
///
/// @param domain what it is about, for displays
/// @param text the text
public record Probe(String domain, String text) {}
