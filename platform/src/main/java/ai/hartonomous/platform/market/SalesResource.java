package ai.hartonomous.platform.market;

import ai.hartonomous.platform.money.Amounts;
import ai.hartonomous.platform.money.Months;
import ai.hartonomous.platform.money.Sales;
import ai.hartonomous.platform.money.Sales.Sale;
import ai.hartonomous.platform.tenant.Tenant;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.math.BigDecimal;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/// `/v1/market/publisher/sales`: what publishers earned with their listings.
@RestController
@Tag(name = "Marketplace")
@RequestMapping("/v1/market/publisher/sales")
class SalesResource {

  private final Sales sales;

  SalesResource(Sales sales) {
    this.sales = sales;
  }

  /// What was billed of a listing. All amounts are decimals in whole cents; gross less refunds is
  /// commission, owners and net together.
  ///
  /// @param listing its id
  /// @param model what requests call it
  /// @param currency ISO 4217
  /// @param calls how many were charged
  /// @param inputTokens tokens that were read
  /// @param cachedTokens those of them that had been before
  /// @param outputTokens tokens that were written
  /// @param gross what was billed before taxes
  /// @param refunds what of it was taken back
  /// @param commission what the platform keeps
  /// @param owners what the owners of source models get, the publisher not among them
  /// @param net what the publisher gets
  record SaleView(
      UUID listing,
      String model,
      String currency,
      long calls,
      long inputTokens,
      long cachedTokens,
      long outputTokens,
      String gross,
      String refunds,
      String commission,
      String owners,
      String net) {

    static SaleView of(Sale sale) {
      return new SaleView(
          sale.offer(),
          sale.name(),
          sale.currency(),
          sale.calls(),
          sale.inputTokens(),
          sale.cachedTokens(),
          sale.outputTokens(),
          Amounts.text(sale.gross(), sale.currency()),
          Amounts.text(sale.refunds(), sale.currency()),
          Amounts.text(sale.commission(), sale.currency()),
          Amounts.text(sale.owners(), sale.currency()),
          Amounts.text(sale.net(), sale.currency()));
    }

    private String csv() {
      return "%s,%s,%s,%d,%d,%d,%d,%s,%s,%s,%s,%s\r\n"
          .formatted(
              model,
              listing,
              currency,
              calls,
              inputTokens,
              cachedTokens,
              outputTokens,
              gross,
              refunds,
              commission,
              owners,
              net);
    }
  }

  /// All listings of a currency together.
  ///
  /// @param currency ISO 4217
  /// @param gross what was billed before taxes
  /// @param refunds what of it was taken back
  /// @param commission what the platform keeps
  /// @param owners what the owners of source models get
  /// @param net what the publisher gets
  record SalesTotal(
      String currency, String gross, String refunds, String commission, String owners, String net) {

    private static SalesTotal of(String currency, List<Sale> all) {
      return new SalesTotal(
          currency,
          sum(currency, all, Sale::gross),
          sum(currency, all, Sale::refunds),
          sum(currency, all, Sale::commission),
          sum(currency, all, Sale::owners),
          sum(currency, all, Sale::net));
    }

    private static String sum(String currency, List<Sale> all, Function<Sale, BigDecimal> part) {
      return Amounts.text(
          all.stream().map(part).reduce(BigDecimal.ZERO, BigDecimal::add), currency);
    }
  }

  /// A month's sales.
  ///
  /// @param month of the buyers' calendars
  /// @param items by listing
  /// @param totals by currency
  record SalesView(String month, List<SaleView> items, List<SalesTotal> totals) {}

  @Operation(
      operationId = "listSales",
      summary = "What was billed of the user's listings in a month, and who gets it",
      description = "Months that are not billed yet are not in it. Who bought is not told.")
  @GetMapping
  SalesView list(@RequestParam String month) {
    List<Sale> sold = sales.of(Tenant.current(), Months.parse(month));
    Map<String, List<Sale>> currencies =
        sold.stream()
            .collect(Collectors.groupingBy(Sale::currency, TreeMap::new, Collectors.toList()));
    return new SalesView(
        month,
        sold.stream().map(SaleView::of).toList(),
        currencies.entrySet().stream()
            .map(it -> SalesTotal.of(it.getKey(), it.getValue()))
            .toList());
  }

  @Operation(operationId = "getSalesCsv", summary = "The same as CSV (RFC 4180)")
  @GetMapping(path = "/csv", produces = "text/csv")
  String csv(@RequestParam String month) {
    var text =
        new StringBuilder(
            "model,listing,currency,calls,input_tokens,cached_tokens,output_tokens,gross,refunds,"
                + "commission,owners,net\r\n");
    sales.of(Tenant.current(), Months.parse(month)).stream()
        .map(SaleView::of)
        .forEach(it -> text.append(it.csv()));
    return text.toString();
  }
}
