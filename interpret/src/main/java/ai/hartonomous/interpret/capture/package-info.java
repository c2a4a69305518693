/// Values of a model on a corpus: streamed to whoever trains on them, or stored in checked files.
///
/// A folder of stored values holds:
/// - `shard-00000.safetensors` and so on: one tensor `[rows, D]` for each hook point, named by its
///   path such as `layers.3.mlp_input`, in F32, F16 or BF16, little-endian. Row `i` of every tensor
///   belongs to the same token; the tokens stand in the order of the corpus;
/// - `manifest.json`, written last: `hartonomous_capture` 1; `source` (content hash of the model,
///   hash of the corpus, packing, kernels, tokens in a pass: the same source gives the same bytes);
///   `dtype`; `rows`; `rows_per_shard`; `points`, a list of `point`, `width`, `mean_norm` (mean of
///   `‖x‖`) and `rms_norm` (root of the mean of `‖x‖²`), which normalise; `shards`, a list of
///   `file`, `rows` and `sha256`;
/// - `capture.journal` instead of the manifest while the capture is unfinished: a line of JSON that
///   names the work, then one for each finished shard. Files that end in `.part` are unfinished.
@NullMarked
package ai.hartonomous.interpret.capture;

import org.jspecify.annotations.NullMarked;
