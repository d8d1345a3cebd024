package dev.gyre.tokenizer;

import dev.gyre.tokenizer.pipeline.PostProcessor;
import dev.gyre.tokenizer.text.IdBuffer;
import dev.gyre.tokenizer.text.Utf8;
import dev.gyre.tokenizer.text.Utf8Text;
import java.util.Arrays;
import java.util.List;

/// Token ids of a text, or of a pair of texts, and the stretches of the texts as given that they
/// stand for.
///
/// A stretch has whole characters: a token that is part of a character has that character's. A
/// token that stands for nothing in the text has an empty one.
public final class Encoding {
    /// Of a token that was put around the texts.
    private static final int NO_TEXT = -1;

    private final int[] ids;
    private final List<Utf8Text> texts;

    /// The text of each token, [#NO_TEXT] for none.
    private final int[] sources;

    private final int[] typeIds;
    private final int[] starts;
    private final int[] ends;
    private final boolean framed;

    private Encoding(
            int[] ids,
            List<Utf8Text> texts,
            int[] sources,
            int[] typeIds,
            int[] starts,
            int[] ends,
            boolean framed) {
        this.ids = ids;
        this.texts = List.copyOf(texts);
        this.sources = sources;
        this.typeIds = typeIds;
        this.starts = starts;
        this.ends = ends;
        this.framed = framed;
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
        int[] typeIds = new int[count];
        for (PostProcessor.Part part : around.single()) {
            if (part instanceof PostProcessor.Text(int _, int typeId)) {
                Arrays.fill(typeIds, typeId);
            }
        }
        return new Encoding(
                spans.toArray(), List.of(text), new int[count], typeIds, starts, ends, false);
    }

    /// The parts of a template one after another.
    ///
    /// @param texts the encodings that its texts stand for, each of one text
    static Encoding of(List<PostProcessor.Part> template, List<Encoding> texts) {
        Encoding whole =
                new Encoding(
                        new int[0],
                        texts.stream().map(text -> text.texts.getFirst()).toList(),
                        new int[0],
                        new int[0],
                        new int[0],
                        new int[0],
                        true);
        for (PostProcessor.Part part : template) {
            whole =
                    switch (part) {
                        case PostProcessor.Text(int index, int typeId) -> {
                            Encoding text = texts.get(index);
                            yield whole.with(text.ids, index, typeId, text.starts, text.ends);
                        }
                        case PostProcessor.Special(var _, List<Integer> ids, int typeId) -> {
                            int[] none = new int[ids.size()];
                            int[] special = ids.stream().mapToInt(id -> id).toArray();
                            yield whole.with(special, NO_TEXT, typeId, none, none);
                        }
                    };
        }
        return whole;
    }

    private Encoding with(int[] moreIds, int source, int typeId, int[] moreStarts, int[] moreEnds) {
        int[] more = new int[moreIds.length];
        Arrays.fill(more, source);
        int[] allSources = joined(sources, more);
        Arrays.fill(more, typeId);
        return new Encoding(
                joined(ids, moreIds),
                texts,
                allSources,
                joined(typeIds, more),
                joined(starts, moreStarts),
                joined(ends, moreEnds),
                true);
    }

    private static int[] joined(int[] first, int[] second) {
        int[] all = Arrays.copyOf(first, first.length + second.length);
        System.arraycopy(second, 0, all, first.length, second.length);
        return all;
    }

    /// Whether it is what a template made.
    boolean isFramed() {
        return framed;
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

    /// The segment of each token: mostly 0 for the first text and 1 for the second.
    public int[] typeIds() {
        return typeIds.clone();
    }

    /// For each token, whether it was put around the texts. Control tokens that stand in a text are
    /// not.
    public boolean[] specialTokensMask() {
        boolean[] mask = new boolean[sources.length];
        for (int i = 0; i < mask.length; i++) {
            mask[i] = sources[i] == NO_TEXT;
        }
        return mask;
    }

    /// Which text each token belongs to: 0 for the first, 1 for the second of a pair, -1 for tokens
    /// that were put around them.
    public int[] textIndexes() {
        return sources.clone();
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

    /// Where each token's stretch begins in its text; 0 for tokens that were put around the texts.
    public int[] starts(Unit unit) {
        return offsets(starts, unit);
    }

    /// Where each token's stretch ends in its text: the place behind its last character; 0 for
    /// tokens that were put around the texts.
    public int[] ends(Unit unit) {
        return offsets(ends, unit);
    }

    /// Counts forward from one offset to the next; those that go back count from there.
    private int[] offsets(int[] places, Unit unit) {
        if (unit == Unit.BYTES) {
            return places.clone();
        }
        int[] offsets = new int[places.length];
        for (int source = 0; source < texts.size(); source++) {
            byte[] bytes = texts.get(source).bytes();
            int at = 0;
            int count = 0;
            for (int i = 0; i < places.length; i++) {
                if (sources[i] == source) {
                    int place = places[i];
                    count +=
                            place >= at
                                    ? units(bytes, at, place, unit)
                                    : -units(bytes, place, at, unit);
                    at = place;
                    offsets[i] = count;
                }
            }
        }
        return offsets;
    }

    private static int units(byte[] bytes, int start, int end, Unit unit) {
        int count = 0;
        for (int at = start; at < end; ) {
            int size = Utf8.size(bytes[at]);
            count += unit == Unit.UTF_16 && size == 4 ? 2 : 1;
            at += size;
        }
        return count;
    }
}
