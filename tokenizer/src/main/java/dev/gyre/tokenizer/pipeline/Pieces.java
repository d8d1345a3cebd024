package dev.gyre.tokenizer.pipeline;

import dev.gyre.tokenizer.text.AlignedText;
import java.util.Arrays;

/// The pieces that a text is cut into, step by step. Steps may change the text; then all pieces are
/// stretches of the changed one.
final class Pieces {
    private AlignedText text;
    private int[] bounds = new int[64];
    private int count;

    /// Where the next step writes to.
    private int[] nextBounds = new int[64];

    private int nextCount;

    /// One piece: a stretch of text, which is not empty.
    Pieces(AlignedText text, int start, int end) {
        this.text = text;
        bounds[0] = start;
        bounds[1] = end;
        count = 1;
    }

    AlignedText text() {
        return text;
    }

    byte[] bytes() {
        return text.bytes();
    }

    int count() {
        return count;
    }

    int start(int piece) {
        return bounds[2 * piece];
    }

    int end(int piece) {
        return bounds[2 * piece + 1];
    }

    /// A stretch that becomes a piece of the next step; an empty one is left out.
    void keep(int start, int end) {
        if (start == end) {
            return;
        }
        if (2 * nextCount == nextBounds.length) {
            nextBounds = Arrays.copyOf(nextBounds, nextBounds.length * 2);
        }
        nextBounds[2 * nextCount] = start;
        nextBounds[2 * nextCount + 1] = end;
        nextCount++;
    }

    /// Ends a step that did not change the text.
    void advance() {
        int[] spare = bounds;
        bounds = nextBounds;
        count = nextCount;
        nextBounds = spare;
        nextCount = 0;
    }

    /// Ends a step that changed the text.
    void advance(AlignedText changed) {
        text = changed;
        advance();
    }
}
