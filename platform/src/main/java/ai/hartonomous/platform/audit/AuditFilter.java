package ai.hartonomous.platform.audit;

import ai.hartonomous.platform.tenant.Tenant;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.core.annotation.Order;
import org.springframework.dao.DataAccessException;
import org.springframework.security.web.util.OnCommittedResponseWrapper;
import org.springframework.stereotype.Component;
import org.springframework.transaction.TransactionException;
import org.springframework.web.filter.OncePerRequestFilter;

/// Writes an entry for every request below `/v1` that changed something, before its answer leaves.
/// Logins and keys write their own entries, with more to say. What only reads is not written.
@Component
@Order(0) // inside the security filter, which knows the user
class AuditFilter extends OncePerRequestFilter {

  private static final Logger LOG = LoggerFactory.getLogger(AuditFilter.class);
  private static final Set<String> CHANGING = Set.of("POST", "PUT", "PATCH", "DELETE");
  private static final Set<String> READING = Set.of("/v1/models/query");

  private final Audit audit;

  AuditFilter(Audit audit) {
    this.audit = audit;
  }

  @Override
  protected boolean shouldNotFilter(HttpServletRequest request) {
    String path = request.getServletPath(); // decoded: /%761/models is /v1/models
    return !CHANGING.contains(request.getMethod())
        || !path.startsWith("/v1/")
        || path.startsWith("/v1/auth/")
        || path.startsWith("/v1/api-keys")
        || path.startsWith("/v1/admin/users")
        || READING.contains(path);
  }

  @Override
  protected void doFilterInternal(
      HttpServletRequest request, HttpServletResponse response, FilterChain chain)
      throws ServletException, IOException {
    String user = Tenant.find().orElse("");
    if (user.isEmpty()) {
      chain.doFilter(request, response);
      return;
    }
    var watched = new Watched(request, response, user);
    chain.doFilter(request, watched);
    if (!request.isAsyncStarted()) {
      watched.onResponseCommitted();
    }
  }

  private final class Watched extends OnCommittedResponseWrapper {

    private final HttpServletRequest request;
    private final String user;
    private boolean written;

    Watched(HttpServletRequest request, HttpServletResponse response, String user) {
      super(response);
      this.request = request;
      this.user = user;
    }

    @Override
    protected void onResponseCommitted() {
      if (written || getStatus() >= 300) {
        return;
      }
      written = true;
      String location = getHeader("Location");
      String target =
          "%s %d%s"
              .formatted(
                  request.getRequestURI(), getStatus(), location == null ? "" : " " + location);
      try {
        audit.append(user, request.getMethod(), target);
      } catch (DataAccessException | TransactionException e) {
        LOG.error("what was done is not in the audit log: {} {}", request.getMethod(), target, e);
      }
    }
  }
}
