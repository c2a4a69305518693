/// What all resources share: problem documents, pages and limits of bodies.
@NullMarked
package ai.hartonomous.platform.web;

import org.jspecify.annotations.NullMarked;
