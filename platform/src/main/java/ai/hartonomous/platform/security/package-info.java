/// Who is asking: signing key, tokens and the rules for every path.
@NullMarked
package ai.hartonomous.platform.security;

import org.jspecify.annotations.NullMarked;
