/// Capability suites, what they measure, and how a model is scored with them.
///
/// A suite is a text file in UTF-8 with one JSON object on each line. Of each item:
///
/// | field | meaning |
/// |---|---|
/// | `id` | name of the item, unique in the file |
/// | `capability` | what the item measures; a file may mix several, each of one kind and metric |
/// | `split` | `calibration` or `held_out`; without it the hash of the item's texts decides |
/// | `metric` | optional, where the kind has several: {@link Metric} |
///
/// and one of four kinds of task:
///
/// | kind | fields |
/// |---|---|
/// | generation | `prompt`; `answer`: text that has to follow, starting right behind the prompt (often with a blank); optional `generation` with `until` (texts that end it, usually a line break), `max_tokens` and `filters` ({@link Filter}) |
/// | choice | `prompt`; `choices`: texts that may follow; `right`: number of the right one, from 0 |
/// | contrast | `good`, `bad`: a text or a list of texts; optional `prompt` before them |
/// | text | `text`: all of it is to be predicted |
///
/// Other fields are refused. Limits: 65,536 bytes in a line, 100,000 items in a file, 256 choices.
@NullMarked
package ai.hartonomous.distill.capability;

import org.jspecify.annotations.NullMarked;
