package ai.hartonomous.platform.tenant;

import java.util.Map;
import org.hibernate.cfg.MultiTenancySettings;
import org.hibernate.context.spi.CurrentTenantIdentifierResolver;
import org.springframework.boot.hibernate.autoconfigure.HibernatePropertiesCustomizer;
import org.springframework.stereotype.Component;

/// Tells Hibernate the user whose rows it may read and write. Where nobody is known it names a user
/// that no row can have, so nothing is found and nothing can be stored.
@Component
class TenantResolver
    implements CurrentTenantIdentifierResolver<String>, HibernatePropertiesCustomizer {

  private static final String NOBODY = "";

  @Override
  public String resolveCurrentTenantIdentifier() {
    return Tenant.find().orElse(NOBODY);
  }

  @Override
  public boolean validateExistingCurrentSessions() {
    return true;
  }

  @Override
  public void customize(Map<String, Object> properties) {
    properties.put(MultiTenancySettings.MULTI_TENANT_IDENTIFIER_RESOLVER, this);
  }
}
