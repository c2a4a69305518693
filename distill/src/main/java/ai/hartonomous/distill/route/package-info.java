/// Routes prompts to the expert that answers them: a linear classifier over words and letters that
/// can say why.
///
/// `router.json` is UTF-8 JSON, at most 16 MiB. Its keys, all required, others are refused:
/// - `format`: number, 1
/// - `experts`: 2 to 16 different names, each of 1 to 100 characters
/// - `fallback`: number of the expert that takes prompts the router does not know, from 0
/// - `threshold`: confidence from 0 to 1 below which a prompt counts as not known
/// - `unknown`: weight of a feature that is not in the list, above 0
/// - `features`: 1 to 20,000 arrays of its text (`w:` and a word, or `c:` and three characters; at
///   most 40 characters), its weight (inverse document frequency, above 0), and one number for each
///   expert
///
/// Numbers are finite. {@link ai.hartonomous.distill.route.Router} says how they are used.
@NullMarked
package ai.hartonomous.distill.route;

import org.jspecify.annotations.NullMarked;
