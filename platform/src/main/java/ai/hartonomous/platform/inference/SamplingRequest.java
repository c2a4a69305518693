package ai.hartonomous.platform.inference;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/// What every request for text says about how its tokens are chosen.
sealed interface SamplingRequest permits ChatRequest, CompletionRequest {

  @Nullable Double temperature();

  @Nullable Double topP();

  @Nullable Integer topK();

  @Nullable Double minP();

  @Nullable Long seed();

  @Nullable Double frequencyPenalty();

  @Nullable Double presencePenalty();

  @Nullable JsonNode logitBias();
}
