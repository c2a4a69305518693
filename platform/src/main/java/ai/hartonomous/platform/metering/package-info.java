/// What is used: budgets that calls reserve before they run, a log of what they took, and signed
/// receipts of it.
@NullMarked
package ai.hartonomous.platform.metering;

import org.jspecify.annotations.NullMarked;
