package ai.hartonomous.platform.market;

import ai.hartonomous.platform.audit.Audit;
import ai.hartonomous.platform.market.AccessRequests.AccessRequest;
import ai.hartonomous.platform.market.AccessRequests.State;
import java.time.Instant;
import org.springframework.stereotype.Service;
import org.springframework.transaction.support.TransactionTemplate;

/// Lets tenants in to gated listings, and no longer.
@Service
class Gate {

  private final AccessRequests requests;
  private final SubscriptionRows holders;
  private final Subscriptions subscriptions;
  private final Audit audit;
  private final TransactionTemplate transaction;

  Gate(
      AccessRequests requests,
      SubscriptionRows holders,
      Subscriptions subscriptions,
      Audit audit,
      TransactionTemplate transaction) {
    this.requests = requests;
    this.holders = holders;
    this.subscriptions = subscriptions;
    this.audit = audit;
    this.transaction = transaction;
  }

  /// Answers a request. A tenant that is let in no longer keeps its subscriptions until the end of
  /// its running period.
  AccessRequest answer(AccessRequest request, boolean grant) {
    State state = grant ? State.GRANTED : State.DECLINED;
    transaction.executeWithoutResult(
        _ -> {
          requests.answer(request.id(), state);
          if (!grant) {
            holders
                .holders(request.publisher(), request.name(), request.tenant(), Instant.now())
                .forEach(subscriptions::endWithPeriod);
          }
        });
    String action = grant ? "access.grant" : "access.decline";
    audit.append(request.tenant(), action, request.publisher() + "/" + request.name());
    return new AccessRequest(
        request.id(),
        request.tenant(),
        request.publisher(),
        request.name(),
        request.message(),
        state,
        request.created(),
        Instant.now());
  }
}
