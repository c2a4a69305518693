/// Capability suites, what they measure, and how a model is scored with them.
///
/// A suite is a text file in UTF-8 with one JSON object on each line:
///
/// | field | meaning |
/// |---|---|
/// | `id` | name of the item, unique in the file |
/// | `capability` | what the item measures; a file may mix several |
/// | `prompt` | text that the model reads |
/// | `answer` | text that has to follow, starting right behind the prompt (often with a blank) |
/// | `split` | `calibration` or `held_out`; without it the hash of the id decides |
///
/// All but `split` are required, other fields are refused. Limits: 65,536 bytes in a line, 100,000
/// items in a file.
@NullMarked
package ai.hartonomous.distill.capability;

import org.jspecify.annotations.NullMarked;
