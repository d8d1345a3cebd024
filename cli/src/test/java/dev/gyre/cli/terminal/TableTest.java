package dev.gyre.cli.terminal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class TableTest {
    @Test
    void alignsColumnsAndLeavesNoBlanksAtTheEnd() {
        Table table = new Table("NAME", "HEALTH");
        table.add("feedback-service", "healthy");
        table.add("kafka", "");

        assertThat(table)
                .hasToString(
                        """
                          NAME              HEALTH
                          feedback-service  healthy
                          kafka
                        """);
    }

    @Test
    void refusesARowOfAnotherLength() {
        assertThatThrownBy(() -> new Table("NAME").add("kafka", "healthy"))
                .hasMessage("the row has 2 cells, the table 1 columns");
    }
}
