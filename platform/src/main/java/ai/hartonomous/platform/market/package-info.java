/// The marketplace: users offer versions of their agents to others, who subscribe to them, ask them
/// at the listing's price, and review them.
@NullMarked
package ai.hartonomous.platform.market;

import org.jspecify.annotations.NullMarked;
