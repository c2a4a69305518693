/// Questions about the user's models: by metadata, by nearness, by text, by influence.
@NullMarked
package ai.hartonomous.platform.query;

import org.jspecify.annotations.NullMarked;
