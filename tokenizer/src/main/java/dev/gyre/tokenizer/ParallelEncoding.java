package dev.gyre.tokenizer;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/// Encodes one large text on all processors, in parts that give the ids of the whole.
final class ParallelEncoding {
    /// Characters of a part: enough to make its start cheap, few enough for even work.
    static final int PART = 1 << 17;

    private ParallelEncoding() {}

    static int[] encode(Tokenizer tokenizer, String text, SpecialTokens specialTokens) {
        int[] cuts = cuts(new SafeCuts(tokenizer.definition()), text);
        if (cuts.length == 2) {
            return tokenizer.encode(text, specialTokens);
        }
        int[][] parts = new int[cuts.length - 1][];
        IntStream.range(0, parts.length)
                .parallel()
                .forEach(
                        i ->
                                parts[i] =
                                        tokenizer.encode(
                                                text.substring(cuts[i], cuts[i + 1]),
                                                specialTokens));
        return joined(parts);
    }

    /// Where parts begin, then the text's length. Around each multiple of [#PART] one place is
    /// looked for; where there is none, two parts stay one.
    private static int[] cuts(SafeCuts cuts, String text) {
        List<Integer> places = new ArrayList<>(List.of(0));
        for (int end = PART; end < text.length() - PART / 2 && cuts.any(); end += PART) {
            int place = cuts.last(text, end - PART + 1, end);
            if (place >= 0) {
                places.add(place);
            }
        }
        places.add(text.length());
        return places.stream().mapToInt(Integer::intValue).toArray();
    }

    private static int[] joined(int[][] parts) {
        long size = 0;
        for (int[] part : parts) {
            size += part.length;
        }
        if (size > Integer.MAX_VALUE - 8) {
            throw new IllegalArgumentException(
                    "text has %d tokens, the limit of an array is %d; use StreamingEncoder"
                            .formatted(size, Integer.MAX_VALUE - 8));
        }
        int[] ids = new int[(int) size];
        int at = 0;
        for (int[] part : parts) {
            System.arraycopy(part, 0, ids, at, part.length);
            at += part.length;
        }
        return ids;
    }
}
