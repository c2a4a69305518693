/// The thin runtime: one packed agent behind OpenAI's interface, without users and database.
@NullMarked
package ai.hartonomous.platform.runtime;

import org.jspecify.annotations.NullMarked;
