/// Questions about the user's models: by metadata, by nearness, by text.
@NullMarked
package ai.hartonomous.platform.query;

import org.jspecify.annotations.NullMarked;
