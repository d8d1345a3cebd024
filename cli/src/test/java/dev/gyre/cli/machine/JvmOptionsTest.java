package dev.gyre.cli.machine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class JvmOptionsTest {
    private final JvmOptions options = JvmOptions.load();

    @Test
    void everyProcessHasAHeapLimitAndEndsWhenItIsReached() {
        List<String> processes = new ArrayList<>(List.of("cli", "kafka", "worker"));
        for (Service service : Service.values()) {
            processes.add(service.processName());
        }

        for (String process : processes) {
            assertThat(options.of(process))
                    .as(process)
                    .contains("-XX:+ExitOnOutOfMemoryError")
                    .anyMatch(option -> option.startsWith("-Xmx"));
        }
    }

    @Test
    void refusesAProcessItDoesNotKnow() {
        assertThatThrownBy(() -> options.of("zookeeper")).hasMessageContaining("zookeeper");
    }
}
