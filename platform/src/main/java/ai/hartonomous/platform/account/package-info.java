/// The built-in issuer's users: passwords, logins, refresh tokens, service accounts and API keys.
@NullMarked
package ai.hartonomous.platform.account;

import org.jspecify.annotations.NullMarked;
