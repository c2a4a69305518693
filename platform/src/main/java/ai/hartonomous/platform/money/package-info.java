/// What use costs and who gets it: prices, a double-entry ledger, wallets, invoices, and the split
/// of sales.
@NullMarked
package ai.hartonomous.platform.money;

import org.jspecify.annotations.NullMarked;
