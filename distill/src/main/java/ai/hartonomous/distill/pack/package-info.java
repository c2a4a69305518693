/// The folder an agent is shipped in: checkpoints, tokenizer, held-out items, evidence, model card
/// and manifest.
///
/// | place | content |
/// |---|---|
/// | `config.json`, `model.safetensors`, tokenizer, `generation_config.json` | the agent in BF16, layers padded to one width; any Hugging Face reader |
/// | `ragged/` | where layers differ in width: the same without padding, for {@link ai.hartonomous.model.checkpoint.Checkpoints} |
/// | `gguf/model-FORMAT.gguf` | the same numbers in GGUF, each layer as wide as it is where the format allows it |
/// | `suites/N.jsonl` | held-out items of each suite, so that the folder can be measured by itself |
/// | `evidence.jsonl` | see {@link ai.hartonomous.distill.evaluate.Evidence} |
/// | `README.md` | model card |
/// | `manifest.json`, `manifest.sha256` | everything below, and its hash as `sha256sum` writes it |
///
/// `manifest.json` is UTF-8 JSON with two spaces of indent. Its keys:
/// - `format`: number, 2
/// - `created_by`: text, program and version; `created`: text, ISO 8601 in UTC
/// - `sources`: for each `name`; `content_sha256` over weights and configuration;
///   `tokenizer_sha256`; `licence` and `owner` as its model card states them, or null;
///   `licence_kind`, see {@link ai.hartonomous.distill.pack.Licences.Kind}
/// - `teacher`: the same of the model it learned from; absent where that is the source
/// - `licence`: `agent`, under which it may be passed on, or null; `warnings`
/// - `recipe`: `seed`, `threads`, `max_components`, `threshold`, and `text`, all fixed choices in
///   words
/// - `suites`: for each its `kind` (`target` or `other`), `capabilities`, number of `items` and
///   their `content_sha256`; how many are `held_out`, and the `file` they are in
/// - `importance`: `method` and number of `items` of the scores below
/// - `components`: `layers` of the source; `kept`, one entry for each with its `path` in the source
///   (such as `layers.3.heads.5`), `importance` in nats and its `standard_error`; `source`, how
///   many there were; `removed`, how many went
/// - `vocabulary`: number of tokens of the `source`, and which of them are `kept`, as ranges of ids
/// - `search`: every size that was tried, see {@link ai.hartonomous.distill.evaluate.SearchPoint}
/// - `figures`: for each capability the held-out score of source and agent: `value` of the
///   `metric`, its `standard_error`, `n`, `right` of them where it is a share; `floor` that was
///   asked for, `ratio` that was kept and its `ratio_standard_error` (paired over items); `shots`,
///   their `seed`, hashes of template and items; `parameters`, `components` and `bytes` of both
/// - `checkpoints`: for each its `path` (`.` is the folder), `dtype`, `note` on what it lacks,
///   `figures` of the target suite for GGUF files; and `tensors` by name: `dtype`, `shape`,
///   `sha256` of the stored bytes, and `from`, see below
/// - `left_out`: formats that cannot hold the model, with the reason
/// - `files`: SHA-256 of every other file of the folder but `manifest.sha256`, by path
///
/// `from` has an entry for each `weight` of our own model that stands in a tensor: the number of
/// the `source`, its `tensor`, in which `order` that stores them, the `rows` and `columns` it has
/// of them as sets of ranges (`0-15,32-47`), and the `largest_change` of a number, by rounding to
/// BF16 and healing. `folded` names the `tensor` and the `columns` of what was removed, whose mean
/// went into this bias; `folded_layers` the layers of the source that are gone as a whole and whose
/// constant output went into this weight. A layer that lost everything is not in the agent, but
/// where {@link ai.hartonomous.distill.prune.EmptyLayers} finds no place for its constant.
///
/// `evidence.jsonl` has one JSON object for each line, by its `kind`: `settings` (`method`, `seed`,
/// `n` and ids of the `items`, figures of the agent `clean` and as `baseline`); `removed` (number
/// of `components`, the source `clean` and `ablated`, `effect`, `interval`); and a `kept` one for
/// each component (`path` in the source, place `in_agent`, figures `ablated` and `patched`,
/// `effect` and `restored` with `interval`s). Figures are `loss` in nats for each answer token and
/// number of `exact` answers.
///
/// Speeds are not in it: they belong to a machine, and the same inputs must give the same bytes.
@NullMarked
package ai.hartonomous.distill.pack;

import org.jspecify.annotations.NullMarked;
