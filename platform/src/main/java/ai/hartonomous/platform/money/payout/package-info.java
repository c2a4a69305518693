/// How owners get what they earned: their accounts, batches of payouts, and the files for the bank.
@NullMarked
package ai.hartonomous.platform.money.payout;

import org.jspecify.annotations.NullMarked;
