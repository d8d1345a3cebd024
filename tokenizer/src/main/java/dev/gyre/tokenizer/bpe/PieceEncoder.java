package dev.gyre.tokenizer.bpe;

import dev.gyre.tokenizer.split.PieceScanner;
import dev.gyre.tokenizer.text.IdBuffer;
import dev.gyre.tokenizer.text.PieceTable;
import dev.gyre.tokenizer.text.StretchEncoder;
import dev.gyre.tokenizer.text.Utf8;
import org.jspecify.annotations.Nullable;

/// Turns text into ids a block of pieces at a time: cuts them, asks the cache for each, encodes
/// what is new. The steps are loops of their own, so that each stays small enough to be compiled
/// well and look-ups of neighbours overlap. Keeps its scratch memory and cache (6 MiB) between
/// calls; for one thread at a time.
final class PieceEncoder implements StretchEncoder {
    private final PieceScanner scanner;
    private final PieceTable wholePieces;
    private final @Nullable CharacterBorders borders;
    private final @Nullable LongestFirst longestFirst;
    private final StretchEncoder merging;
    private final WordCache cache = new WordCache();
    private final IdBuffer merged = new IdBuffer(16);
    private final int[] ends = new int[WordCache.BLOCK];
    private final int[] parts = new int[WordCache.BLOCK];

    /// @param wholePieces tokens that no merging makes
    /// @param borders where pieces fall into parts that become what they would alone; `null` where
    ///   there are no such
    /// @param longestFirst the quick way for new pieces; `null` where the merges do not allow it
    /// @param merging the way that always works, a piece at a time
    PieceEncoder(
            PieceScanner scanner,
            PieceTable wholePieces,
            @Nullable CharacterBorders borders,
            @Nullable LongestFirst longestFirst,
            StretchEncoder merging) {
        this.scanner = scanner;
        this.wholePieces = wholePieces;
        this.borders = borders;
        this.longestFirst = longestFirst;
        this.merging = merging;
    }

    @Override
    public void encode(byte[] text, int start, int end, IdBuffer out) {
        int position = start;
        while (position < end) {
            int count = scanner.scan(text, position, end, ends);
            int last = ends[count - 1];
            if (out.keepsSpans()) {
                encodeWithSpans(text, position, count, out);
            } else if (borders == null || Utf8.isAscii(text, position, last)) {
                encodePieces(text, position, ends, count, out);
            } else {
                encodeParts(borders, text, position, count, out);
            }
            position = last;
        }
    }

    private void encodeWithSpans(byte[] text, int first, int count, IdBuffer out) {
        int start = first;
        for (int i = 0; i < count; i++) {
            merging.encode(text, start, ends[i], out);
            start = ends[i];
        }
    }

    /// Takes the parts of pieces for pieces.
    private void encodeParts(
            CharacterBorders borders, byte[] text, int first, int count, IdBuffer out) {
        int done = first;
        int position = first;
        int partCount = 0;
        for (int i = 0; i < count; i++) {
            while (position < ends[i]) {
                if (CharacterBorders.areLikely(text, position, ends[i])) {
                    partCount = borders.cut(text, position, ends[i], parts, partCount);
                } else {
                    parts[partCount++] = ends[i];
                }
                position = partCount > 0 ? parts[partCount - 1] : done;
                if (partCount >= parts.length - 1) {
                    encodePieces(text, done, parts, partCount, out);
                    done = position;
                    partCount = 0;
                }
            }
        }
        if (partCount > 0) {
            encodePieces(text, done, parts, partCount, out);
        }
    }

    private void encodePieces(byte[] text, int first, int[] ends, int count, IdBuffer out) {
        cache.lookUp(text, first, ends, count);
        int[] ids = out.reserve(ends[count - 1] - first + WordCache.SLACK);
        int piece = cache.copyFamiliar(0, count, ids, out.size());
        while (piece < count) {
            int start = piece == 0 ? first : ends[piece - 1];
            int to = encodePiece(text, start, ends[piece], piece, ids, cache.written());
            piece = cache.copyFamiliar(piece + 1, count, ids, to);
        }
        out.advance(cache.written());
    }

    private int encodePiece(byte[] text, int start, int end, int piece, int[] ids, int from) {
        int known = cache.copy(piece, ids, from);
        if (known > from) {
            return known;
        }
        int to = encodeNew(text, start, end, ids, from);
        cache.remember(piece, ids, from, to);
        return to;
    }

    private int encodeNew(byte[] text, int start, int end, int[] ids, int from) {
        int whole = wholePieces.get(text, start, end);
        if (whole >= 0) {
            ids[from] = whole;
            return from + 1;
        }
        if (longestFirst != null) {
            int to = longestFirst.encode(text, start, end, ids, from);
            if (to != LongestFirst.UNKNOWN_BYTE) {
                return to;
            }
        }
        merged.truncate(0);
        merging.encode(text, start, end, merged);
        for (int i = 0; i < merged.size(); i++) {
            ids[from + i] = merged.get(i);
        }
        return from + merged.size();
    }
}
