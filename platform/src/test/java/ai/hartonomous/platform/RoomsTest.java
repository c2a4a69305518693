package ai.hartonomous.platform;

import org.junit.jupiter.api.Test;
import org.springframework.modulith.core.ApplicationModules;

class RoomsTest {

  @Test
  void roomsUseEachOthersFacesWithoutCycles() {
    ApplicationModules.of(Application.class).verify();
  }
}
