/// Sparse coders in files: our own store, which is sparsify's layout, and SAELens folders.
///
/// Letters: `F` latents, `I` width of the input, `O` of the output. All numbers are safetensors,
/// `[rows, columns]` row-major, written as F32 and read as F32, F16 or BF16. Numbers that are not
/// finite are refused. Layouts are told apart by the names of the tensors, not of the files.
///
/// | here | sparsify, our store | SAELens | plain dictionaries |
/// |---|---|---|---|
/// | `W_enc` | `encoder.weight` `[F, I]` | `W_enc` `[I, F]` | `W_enc` `[I, F]` |
/// | `b_enc` | `encoder.bias` `[F]` | `b_enc` `[F]` | `b_enc` `[F]` |
/// | `W_dec` | `W_dec` `[F, O]` | `W_dec` `[F, O]` | `W_dec` `[F, O]` |
/// | `b_dec` | `b_dec` `[O]` | `b_dec` `[O]` | `b_dec` `[O]` |
/// | `W_skip` | `W_skip` `[O, I]` | `W_skip` `[O, I]` | - |
/// | `θ` | `threshold` `[F]` (ours only) | `threshold` `[F]` | - |
/// | `k` | `k` of `cfg.json` | `k` of `cfg.json` | - |
///
/// **Our store.** A folder with one folder for each coder, named after what it replaces or rebuilds
/// (`layers.3.mlp` for an MLP's transcoder, `layers.3` for an autoencoder after the layer, else the
/// path of the hook point it reads), with `sae.safetensors` and `cfg.json`: sparsify's keys
/// `activation`, `expansion_factor`, `normalize_decoder`, `num_latents`, `k`, `multi_topk`,
/// `skip_connection`, `transcode`, `d_in`, and an object `hartonomous`: `reads`, `writes` (hook
/// points), `activation` (`topk`, `jumprelu`, `relu`), and where known `seed`, `tokens`,
/// `model_sha256`, `metrics` (names and numbers), `source_config` (the text of the configuration it
/// was converted from). A `relu` coder says `topk` with `k = F` to sparsify, which is the same
/// function. A `jumprelu` coder has a tensor more than sparsify knows, so that it refuses the file
/// instead of computing something else. `transcode: false` means that `b_dec` is subtracted from
/// the input; files without the key are from before February 2025 and subtract it too. Any other
/// input bias is folded: `b_enc - W_enc b_pre`. Source: github.com/EleutherAI/sparsify,
/// sparse_coder.py, config.py.
///
/// **SAELens.** `cfg.json` and `sae_weights.safetensors`. Read: `architecture` (`standard`, `topk`,
/// `jumprelu`, `transcoder`, `skip_transcoder`, `jumprelu_transcoder`, `jumprelu_skip_transcoder`)
/// or the older flat keys; `d_in`, `d_sae`, `d_out`, `k`, `apply_b_dec_to_input`,
/// `rescale_acts_by_decoder_norm` (folded: rows of the encoder and its bias times, of the decoder
/// divided by the decoder's norm), `normalize_activations` (`expected_average_only_in` is folded
/// with the `scaling_factor` of `activation_scaler.json`; what depends on each token is refused),
/// `metadata.hook_name`, `metadata.hook_name_out`. It has no transcoder with TopK. Source:
/// github.com/decoderesearch/SAELens, sae_lens/saes, version 6.
///
/// **Plain dictionaries.** `config.json` with a list `dictionaries` of `file`, `n_features`,
/// `d_in`, `d_out`, `kind` (`mlp_transcoder`, `residual_sae`) and `layer`; `f = relu(x W_enc +
/// b_enc)`.
@NullMarked
package ai.hartonomous.interpret.interchange;

import org.jspecify.annotations.NullMarked;
