/// What the API says about itself: its OpenAPI document, made from the code, and the page that
/// shows it.
@NullMarked
package ai.hartonomous.platform.contract;

import org.jspecify.annotations.NullMarked;
