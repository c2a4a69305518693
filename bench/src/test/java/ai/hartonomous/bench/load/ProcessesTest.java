package ai.hartonomous.bench.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

@EnabledOnOs(OS.LINUX)
class ProcessesTest {
  private static final String WORK = "i=0; while [ $i -lt 200000 ]; do i=$((i+1)); done";

  @Test
  void countsTheTimeOfEndedChildren() throws Exception {
    long own = ProcessHandle.current().pid();
    long before = Processes.endedChildrenCpuMillis(own);

    Commands.run(List.of("sh", "-c", WORK));

    assertThat(Processes.endedChildrenCpuMillis(own) - before).isGreaterThanOrEqualTo(20);
  }

  @Test
  void countsTheTimeOfLivingChildren() throws Exception {
    String script = "sh -c '" + WORK + "; echo done; sleep 100' & read line; kill $!";
    Process parent = new ProcessBuilder("sh", "-c", script).start();
    try (var out = parent.inputReader()) {
      assertThat(out.readLine()).isEqualTo("done");

      assertThat(Processes.familyCpuMillis(parent.pid()))
          .isGreaterThanOrEqualTo(Processes.cpuMillis(parent.pid()) + 20);
    } finally {
      parent.getOutputStream().close(); // ends the reading, and with it both
      parent.waitFor();
    }
  }

  @Test
  void tellsThatAProcessHasEnded() throws Exception {
    Process process = new ProcessBuilder("true").start();
    process.waitFor();

    assertThatThrownBy(() -> Processes.cpuMillis(process.pid())).isInstanceOf(IOException.class);
    assertThatThrownBy(() -> Processes.peakBytes(process.pid())).isInstanceOf(IOException.class);
  }
}
