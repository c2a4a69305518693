/// Text to token ids and back, as the checkpoint's own tokenizer does it.
@NullMarked
package ai.hartonomous.model.tokenizer;

import org.jspecify.annotations.NullMarked;
