/// Reads and writes checkpoints: safetensors in Hugging Face and TransformerLens layouts, GGUF, and
/// llama2.c.
@NullMarked
package ai.hartonomous.model.checkpoint;

import org.jspecify.annotations.NullMarked;
