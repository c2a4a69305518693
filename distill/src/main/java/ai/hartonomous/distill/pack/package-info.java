/// The folder an agent is shipped in: weights, tokenizer, manifest and model card.
///
/// `manifest.json` is UTF-8 JSON with two spaces of indent. Its keys:
/// - `format`: number, 1
/// - `created_by`: text, program and version; `created`: text, ISO 8601 in UTC
/// - `source`: `name`; `content_sha256` over weights and configuration; `tokenizer_sha256`;
///   `licence` as its model card states it, or null
/// - `recipe`: `seed`, `threads`, `max_components`, `threshold`, and `text`, all fixed choices in
///   words
/// - `suites`: for each its `kind` (`target` or `other`), `capabilities`, number of `items`,
///   `content_sha256`
/// - `importance`: `method` and number of `items` of the scores below
/// - `components`: `kept`, one entry for each with its `path` in the source (such as
///   `layers.3.heads.5`), `importance` in nats and its `standard_error`; `source`, how many there
///   were; `removed`, how many went
/// - `search`: every size that was tried, see {@link ai.hartonomous.distill.evaluate.SearchPoint}
/// - `figures`: for each capability the held-out score of source and agent as `right` of `n`, with
///   `exact_match` and `standard_error`; `parameters`, `components` and `bytes` of both
/// - `files`: SHA-256 of every other file of the folder by name
///
/// Speeds are not in it: they belong to a machine, and the same inputs must give the same bytes.
@NullMarked
package ai.hartonomous.distill.pack;

import org.jspecify.annotations.NullMarked;
