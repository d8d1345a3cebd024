package dev.gyre.inference.generate;

import java.util.List;

/// Looks for the stop texts in an answer that arrives in pieces.
///
/// Text that could be the beginning of a stop text is held back until the next piece decides; the
/// text let through never contains a stop text, wherever the pieces are cut.
final class StopTexts {
    private final List<String> stops;
    private final StringBuilder held = new StringBuilder();
    private boolean found;

    StopTexts(List<String> stops) {
        this.stops = stops;
    }

    /// Whether a stop text has been seen. Nothing is let through afterwards.
    boolean found() {
        return found;
    }

    /// Takes the next piece and returns the text that can be let through.
    String add(String piece) {
        if (found || piece.isEmpty()) {
            return "";
        }
        held.append(piece);
        int first = -1;
        for (String stop : stops) {
            int at = held.indexOf(stop);
            if (at >= 0 && (first < 0 || at < first)) {
                first = at;
            }
        }
        if (first >= 0) {
            found = true;
            return release(first);
        }
        return release(held.length() - undecided());
    }

    /// The text held back when the answer ends without a stop text.
    String end() {
        return found ? "" : release(held.length());
    }

    private String release(int length) {
        String text = held.substring(0, length);
        held.delete(0, length);
        return text;
    }

    /// Length of the longest end of the text that a stop text begins with.
    private int undecided() {
        int longest = 0;
        for (String stop : stops) {
            for (int length = Math.min(stop.length() - 1, held.length());
                    length > longest;
                    length--) {
                if (stop.startsWith(held.substring(held.length() - length))) {
                    longest = length;
                }
            }
        }
        return longest;
    }
}
