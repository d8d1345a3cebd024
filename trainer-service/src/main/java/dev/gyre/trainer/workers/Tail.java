package dev.gyre.trainer.workers;

import java.util.ArrayDeque;

/// The last lines of a text, at most [#MAX_LINES] of them and [#MAX_CHARACTERS] in all.
final class Tail {
    static final int MAX_LINES = 40;
    static final int MAX_CHARACTERS = 8_000;

    private final ArrayDeque<String> lines = new ArrayDeque<>();
    private int characters;

    synchronized void add(String line) {
        String kept = line.length() <= MAX_CHARACTERS ? line : line.substring(0, MAX_CHARACTERS);
        lines.addLast(kept);
        characters += kept.length();
        while (lines.size() > MAX_LINES || characters > MAX_CHARACTERS) {
            characters -= lines.removeFirst().length();
        }
    }

    synchronized String text() {
        return String.join("\n", lines);
    }
}
