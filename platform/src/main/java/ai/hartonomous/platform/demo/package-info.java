/// A first walk through the whole product, over its HTTP interface alone.
@NullMarked
package ai.hartonomous.platform.demo;

import org.jspecify.annotations.NullMarked;
