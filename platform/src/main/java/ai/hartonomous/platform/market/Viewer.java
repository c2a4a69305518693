package ai.hartonomous.platform.market;

import ai.hartonomous.platform.metering.Charging;
import ai.hartonomous.platform.tenant.Tenant;
import ai.hartonomous.platform.web.Problem;
import ai.hartonomous.platform.web.ProblemException;

/// Who looks at the marketplace.
///
/// @param user the user
/// @param tenant who pays for the user, and so is the buyer
record Viewer(String user, String tenant) {

  static Viewer current(Charging charging) {
    String user = Tenant.current();
    return new Viewer(user, charging.tenant(user));
  }

  /// {@return the user, who is the buyer too}
  ///
  /// @throws ProblemException with status 403 if another one pays for the user
  String buyer() {
    if (!user.equals(tenant)) {
      throw new ProblemException(
          Problem.of(403, "not-the-payer", "Only who pays for this user may do this."));
    }
    return tenant;
  }
}
