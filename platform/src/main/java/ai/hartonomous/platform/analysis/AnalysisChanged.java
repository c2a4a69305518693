package ai.hartonomous.platform.analysis;

import java.util.UUID;

/// An analysis is being stored or removed, in the current transaction.
///
/// @param analysisId the analysis
/// @param kind what was found out, such as `circuits`
public record AnalysisChanged(UUID analysisId, String kind) {}
