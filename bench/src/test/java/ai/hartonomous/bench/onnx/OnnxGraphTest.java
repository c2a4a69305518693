package ai.hartonomous.bench.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.hartonomous.bench.peer.OnnxPeer;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OnnxGraphTest {

  @TempDir private Path folder;

  @Test
  void writesWhatOnnxRuntimeReads() throws IOException {
    var graph = new OnnxGraph();
    String ids = graph.input("ids", ElementType.INT64, 2);
    String table = graph.constant("table", new float[] {1, 2, 3, 4, 5, 6}, 3, 2);
    String half = graph.constant("half", new float[] {0.5f}, 1);
    String rows = graph.add(Node.of("Gather", table, ids));
    String turned = graph.add(Node.of("Transpose", rows).withAll("perm", 1, 0));
    graph.addNamed(Node.of("Mul", turned, half).to("out"));
    graph.output("out", ElementType.FLOAT, 2, 2);
    Path file = folder.resolve("small.onnx");

    graph.write(file);

    try (OnnxPeer peer = OnnxPeer.open(file, 1)) {
      ByteBuffer input = peer.longs("ids", 2);
      FloatBuffer out = peer.output("out", 2, 2).asFloatBuffer();
      input.putLong(0, 2).putLong(8, 0);
      peer.run();
      float[] found = new float[4];
      out.get(found);
      assertThat(found).containsExactly(2.5f, 0.5f, 3f, 1f);
    }
  }

  @Test
  void rejectsConstantWhoseExtentsDoNotFit() {
    var graph = new OnnxGraph();

    assertThatThrownBy(() -> graph.constant("wrong", new float[5], 2, 3))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("wrong [2, 3] has 20 bytes");
  }
}
