package ai.hartonomous.platform.query;

import ai.hartonomous.platform.graph.Feature;
import ai.hartonomous.platform.graph.Influence;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What belongs to the items of a query of type `graph`.
///
/// @param features of paths: all features on them, by id
/// @param influences of features: edges between an item of this page and one of this page or a page
///   before
/// @param complete whether nothing was left out: false where more than 1,000 features lie around,
///   or the search for paths was ended early
record Connections(
    @Nullable List<Feature> features, @Nullable List<Influence> influences, boolean complete) {}
