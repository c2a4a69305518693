package ai.hartonomous.platform.audit;

import ai.hartonomous.platform.tenant.Tenant;
import org.springframework.stereotype.Component;

/// The user of the request's token or key; what they do stands in their audit log.
@Component
class TenantCaller implements Caller {

  private final Audit audit;

  TenantCaller(Audit audit) {
    this.audit = audit;
  }

  @Override
  public String name() {
    return Tenant.current();
  }

  @Override
  public void does(String action, String target) {
    audit.append(Tenant.current(), action, target);
  }
}
