/// Agents out of several sources: every capability is carried by the source that serves it best,
/// and a router sends each prompt to the expert that was cut out of that source, or weighs the
/// experts, which then predict every token together.
///
/// The folder of such an agent:
/// - `router.json`: see {@link ai.hartonomous.distill.route}
/// - `experts/<number>-<name>/`: an ordinary agent for each carrying source, as {@link
///   ai.hartonomous.distill.pack} describes it; numbers from 1
/// - `manifest.json`, `manifest.sha256` (its hash as `sha256sum` writes it), `README.md`
///
/// An agent that one source carries alone is an ordinary agent folder without a router.
///
/// `manifest.json` is UTF-8 JSON with two spaces of indent. Its keys:
/// - `format`: number, 1; `kind`: `composite`
/// - `created_by`: text, program and version; `created`: text, ISO 8601 in UTC
/// - `recipe`: `seed`, `threads`, `max_components`, `threshold`, and `text`, all fixed choices in
///   words
/// - `suite`: `items` and `content_sha256` of all required suites together
/// - `licences`: licence of each carrying source as its model card states it, or null; `licence`:
///   `agent`, under which the whole may be passed on, or null, and `warnings`
/// - `budget`: `max_components` and `used`
/// - `capabilities`: for each its `capability`, the source it is `carried_by`, and `sources`: for
///   each the `source` with `n` and `right` of calibration items, or the `refusal` to be asked
/// - `experts`: for each its `expert`, `source`, `capabilities`, the `limit` of components it was
///   given, `source_size` and `agent_size`, and `manifest_sha256`
/// - `combine`: how the experts answer; missing in agents of earlier versions, which route:
///   `format`, 1; `method`, `route` or `mix`; `asked`, one of these or `auto`; for `auto` also
///   `obstacle`, why mixing was not possible, or `validation`: for each `capability` the number `n`
///   of validation items, and how many each way answers exactly, `route_right` and `mix_right`
/// - `routing`: `right` of `n` held-out prompts that went to their expert, `not_known` of them that
///   went to the fallback, with `accuracy` and `standard_error`; the same for each of
///   `capabilities`, with the exact match of its source and of the whole agent, as it answers
/// - `files`: SHA-256 of every other file of the folder but `manifest.sha256`, by path
@NullMarked
package ai.hartonomous.distill.compose;

import org.jspecify.annotations.NullMarked;
