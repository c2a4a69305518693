/// Reads and writes checkpoints: safetensors in Hugging Face and TransformerLens layouts, GGUF, and
/// llama2.c.
///
/// All integers and floats are little-endian. Every count, length and offset is compared with the
/// length of the file before anything is allocated for it.
///
/// **Safetensors.** Length of the header, unsigned 64 bits, at most 100 MB. The header, a JSON
/// object: a name for each tensor (at most 200,000) with `dtype`, `shape` (at most 8 extents) and
/// `data_offsets` `[begin, end)`, counted from the end of the header; and `__metadata__`, strings.
/// Then the numbers, row-major, tensor after tensor, without gap or overlap up to the end of the
/// file. Source: github.com/huggingface/safetensors, README.
///
/// **Hugging Face folder.** `config.json` with `model_type`; `model.safetensors`, or
/// `model.safetensors.index.json` whose `weight_map` names a plain file of the folder for each
/// tensor. Our own key `hartonomous_layers` lists for each layer `key_head_of`, `key_heads` and
/// `neurons`, as they were before all layers were padded with zeros to one width. Where
/// `model_type` is `hartonomous_ragged`, `hartonomous_family` says what it would be otherwise, and
/// every layer has the widths of its record, with groups of query heads filled to the widest of the
/// layer.
///
/// **GGUF**, versions 2 and 3. Magic `GGUF`, version (32 bits), number of tensors and of values (64
/// bits). Each value: key, type (32 bits), value. Each tensor: name, number of dimensions (32 bits,
/// at most 4), extents (64 bits, innermost first), number format (32 bits), offset (64 bits) in the
/// data section, which begins at the next multiple of `general.alignment` (32). A string is its
/// length (64 bits) and UTF-8. Our own keys are `hartonomous.layers` and
/// `hartonomous.rope_scaling`. Source: github.com/ggml-org/ggml, docs/gguf.md.
///
/// **llama2.c**, first format. Seven signed 32-bit integers: width, MLP width, layers, heads, key
/// heads, vocabulary (negative: there is an output matrix), positions. Then 32-bit floats to the
/// end of the file. Source: github.com/karpathy/llama2.c, export.py, `legacy_export`.
@NullMarked
package ai.hartonomous.model.checkpoint;

import org.jspecify.annotations.NullMarked;
