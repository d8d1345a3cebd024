package dev.gyre.tokenizer;

import dev.gyre.tokenizer.pipeline.PostProcessor;
import dev.gyre.tokenizer.text.IdBuffer;
import dev.gyre.tokenizer.text.Utf8;
import dev.gyre.tokenizer.text.Utf8Text;

/// Token ids of a text and the stretches of the text as given that they stand for.
///
/// A stretch has whole characters: a token that is part of a character has that character's. A
/// token that stands for nothing in the text has an empty one.
public final class Encoding {
    private final int[] ids;
    private final Utf8Text text;
    private final int[] starts;
    private final int[] ends;

    private Encoding(int[] ids, Utf8Text text, int[] starts, int[] ends) {
        this.ids = ids;
        this.text = text;
        this.starts = starts;
        this.ends = ends;
    }

    static Encoding of(Tokenizer tokenizer, Utf8Text text, IdBuffer spans) {
        int count = spans.size();
        int[] starts = new int[count];
        int[] ends = new int[count];
        PostProcessor around = tokenizer.definition().postProcessor();
        for (int i = 0; i < count; i++) {
            starts[i] = characterStart(text, spans.start(i));
            ends[i] = characterEnd(text, spans.end(i));
            if (around.trimsOffsets()) {
                boolean first = i == 0 || starts[i] == 0;
                byte[] token = tokenizer.bytesOf(spans.get(i));
                trim(text, token, first && around.addPrefixSpace(), starts, ends, i);
            }
        }
        return new Encoding(spans.toArray(), text, starts, ends);
    }

    /// Leaves out as many characters at both ends as the token has blanks there, as Hugging Face
    /// does for byte-level vocabularies.
    ///
    /// @param prefixed whether one blank at the beginning was put there by the tokenizer
    private static void trim(
            Utf8Text text, byte[] token, boolean prefixed, int[] starts, int[] ends, int i) {
        int leading = blanks(token, 0, 1);
        for (int n = leading == 1 && prefixed ? 0 : leading; n > 0 && starts[i] < ends[i]; n--) {
            starts[i] += Utf8.size(text.bytes()[starts[i]]);
        }
        for (int n = blanks(token, token.length - 1, -1); n > 0 && ends[i] > starts[i]; n--) {
            ends[i] = Utf8.before(text.bytes(), ends[i]);
        }
    }

    /// Blanks from a place on in one direction.
    private static int blanks(byte[] token, int from, int step) {
        int count = 0;
        for (int i = from; i >= 0 && i < token.length && token[i] == ' '; i += step) {
            count++;
        }
        return count;
    }

    private static int characterStart(Utf8Text text, int at) {
        int start = at;
        while (start > 0 && start < text.length() && (text.bytes()[start] & 0xC0) == 0x80) {
            start--;
        }
        return start;
    }

    private static int characterEnd(Utf8Text text, int at) {
        int end = at;
        while (end < text.length() && (text.bytes()[end] & 0xC0) == 0x80) {
            end++;
        }
        return end;
    }

    /// Token ids in order.
    public int[] ids() {
        return ids.clone();
    }

    /// Number of tokens.
    public int size() {
        return ids.length;
    }

    /// What offsets count.
    public enum Unit {
        /// Bytes of UTF-8.
        BYTES,
        /// UTF-16 code units, as Java and JavaScript count.
        UTF_16,
        /// Code points, as Python and Hugging Face count.
        CODE_POINTS
    }

    /// Where each token's stretch begins.
    public int[] starts(Unit unit) {
        return offsets(starts, unit);
    }

    /// Where each token's stretch ends: the place behind its last character.
    public int[] ends(Unit unit) {
        return offsets(ends, unit);
    }

    /// Counts forward from one offset to the next; those that go back count from there.
    private int[] offsets(int[] places, Unit unit) {
        if (unit == Unit.BYTES) {
            return places.clone();
        }
        int[] offsets = new int[places.length];
        int at = 0;
        int count = 0;
        for (int i = 0; i < places.length; i++) {
            count += places[i] >= at ? units(at, places[i], unit) : -units(places[i], at, unit);
            at = places[i];
            offsets[i] = count;
        }
        return offsets;
    }

    private int units(int start, int end, Unit unit) {
        int count = 0;
        for (int at = start; at < end; ) {
            int size = Utf8.size(text.bytes()[at]);
            count += unit == Unit.UTF_16 && size == 4 ? 2 : 1;
            at += size;
        }
        return count;
    }
}
