package dev.gyre.cli.terminal;

import java.util.ArrayList;
import java.util.List;

/// Rows of text in aligned columns; two spaces before each.
public final class Table {
    private final List<List<String>> rows = new ArrayList<>();

    /// @param titles names of the columns
    public Table(String... titles) {
        rows.add(List.of(titles));
    }

    /// Adds a row.
    ///
    /// @param cells one for each column
    public void add(String... cells) {
        if (cells.length != rows.getFirst().size()) {
            throw new IllegalArgumentException(
                    "the row has %d cells, the table %d columns"
                            .formatted(cells.length, rows.getFirst().size()));
        }
        rows.add(List.of(cells));
    }

    /// The whole table, each line with its end.
    @Override
    public String toString() {
        StringBuilder text = new StringBuilder();
        for (List<String> row : rows) {
            StringBuilder line = new StringBuilder();
            for (int column = 0; column < row.size(); column++) {
                line.append("  ").append(padded(row.get(column), width(column)));
            }
            text.append(line.toString().stripTrailing()).append('\n');
        }
        return text.toString();
    }

    private int width(int column) {
        return rows.stream().mapToInt(row -> row.get(column).length()).max().orElse(0);
    }

    private static String padded(String text, int width) {
        return text + " ".repeat(width - text.length());
    }
}
