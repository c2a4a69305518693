package ai.hartonomous.platform.inference;

import static org.assertj.core.api.Assertions.assertThat;

import ai.hartonomous.model.generate.Explanation;
import ai.hartonomous.model.generate.Explanation.Coded;
import ai.hartonomous.model.generate.Explanation.Component;
import ai.hartonomous.model.generate.Explanation.Contribution;
import ai.hartonomous.model.generate.Explanation.Kind;
import ai.hartonomous.model.generate.Explanation.Rest;
import ai.hartonomous.model.generate.GenerationRequest;
import ai.hartonomous.model.generate.Sampling;
import ai.hartonomous.model.generate.Steering;
import ai.hartonomous.platform.inference.Features.Transcoders;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class WorkerWireTest {

  @Test
  void whatIsSteeredReachesTheWorkerBitForBit() {
    var scaled = new Steering.Scaled(new Component(1, Kind.HEAD, 2, 3), 0.1);
    float[] vector = {0.1f, -0f, Float.MIN_VALUE, -Steering.Added.MOST, 1f / 3};
    var request =
        new GenerationRequest(new int[] {1}, Sampling.of(0, 1), 1, List.of(), Set.of())
            .withSteering(List.of(scaled, new Steering.Added(0, 4, vector)));
    var call =
        new WorkerWire.Call(
            "ann", "ann", List.of(new WorkerWire.Part(0, request, null, null, null)));

    String json = WorkerWire.JSON.writeValueAsString(call);
    WorkerWire.Call read = WorkerWire.JSON.readValue(json, WorkerWire.Call.class);

    List<Steering> steering = read.tasks().getFirst().request().steering();
    assertThat(steering).hasSize(2);
    assertThat(steering.getFirst()).isEqualTo(scaled);
    var added = (Steering.Added) steering.getLast();
    assertThat(added.layer()).isEqualTo(4);
    assertThat(added.vector()).containsExactly(vector);
  }

  @Test
  void featuresComeBackAsTheyWereToldAndTheWorkerHearsWhichTranscodersToRead() {
    var transcoders = new Transcoders(UUID.randomUUID(), Path.of("/data/coders with blanks"));
    var request = new GenerationRequest(new int[] {1}, Sampling.of(0, 1), 1, List.of(), Set.of());
    var part = new WorkerWire.Part(0, request, null, null, transcoders);
    var call = new WorkerWire.Call("ann", "ann", List.of(part));
    var explanation =
        new Explanation(
            3,
            1.5,
            List.of(
                new Contribution(new Component(Kind.FEATURE, 1, 2), 1d / 3, 0.1),
                new Contribution(new Component(Kind.HEAD, 0, 1), -0.25)),
            new Rest(1, 2, 3, 4, 5, new Coded(0.1, 1e-30, -7)));
    var plain = new Explanation(4, 1, List.of(), new Rest(1, 2, 3, 4, 5, null));

    String json = WorkerWire.JSON.writeValueAsString(call);
    String told = WorkerWire.JSON.writeValueAsString(List.of(explanation, plain));

    WorkerWire.Part heard =
        WorkerWire.JSON.readValue(json, WorkerWire.Call.class).tasks().getFirst();
    assertThat(heard.transcoders()).isEqualTo(transcoders);
    assertThat(WorkerWire.JSON.readValue(told, Explanation[].class))
        .containsExactly(explanation, plain);
  }
}
