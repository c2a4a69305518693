/// Payments of invoices and transfers to owners through a payment provider.
@NullMarked
package ai.hartonomous.platform.money.provider;

import org.jspecify.annotations.NullMarked;
