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

    /// @param wholePieces tokens that no merging makes
    /// @param borders where new pieces fall into parts that become what they would alone; `null`
    ///   where there are no such
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
            int pieces = scanner.scan(text, position, end, ends);
            int last = ends[pieces - 1];
            if (out.keepsSpans()) {
                encodeWithSpans(text, position, pieces, out);
            } else {
                cache.lookUp(text, position, ends, pieces);
                int[] ids = out.reserve(last - position + WordCache.SLACK);
                out.advance(encodePieces(text, position, pieces, ids, out.size()));
            }
            position = last;
        }
    }

    private void encodeWithSpans(byte[] text, int first, int pieces, IdBuffer out) {
        int start = first;
        for (int i = 0; i < pieces; i++) {
            merging.encode(text, start, ends[i], out);
            start = ends[i];
        }
    }

    private int encodePieces(byte[] text, int first, int pieces, int[] ids, int from) {
        int to = from;
        int piece = cache.copyFamiliar(0, pieces, ids, to);
        while (piece < pieces) {
            to =
                    encodePiece(
                            text,
                            piece == 0 ? first : ends[piece - 1],
                            piece,
                            ids,
                            cache.written());
            piece = cache.copyFamiliar(piece + 1, pieces, ids, to);
        }
        return cache.written();
    }

    private int encodePiece(byte[] text, int start, int piece, int[] ids, int from) {
        int known = cache.copy(piece, ids, from);
        if (known > from) {
            return known;
        }
        int to = encodeNew(text, start, ends[piece], ids, from);
        cache.remember(piece, ids, from, to);
        return to;
    }

    private int encodeNew(byte[] text, int start, int end, int[] ids, int from) {
        // ASCII pieces, which most are, have no such characters at their ends
        if (borders == null || (text[start + 1] | text[end - 1]) >= 0) {
            return encodeAlone(text, start, end, ids, from);
        }
        return encodeParts(borders, text, start, end, ids, from);
    }

    private int encodeParts(
            CharacterBorders borders, byte[] text, int start, int end, int[] ids, int from) {
        int to = from;
        int part = start;
        int left = -1;
        for (int position = start; position < end; ) {
            int character = CharacterBorders.characterAt(text, position);
            if ((left | character) >= 0 && !borders.areJoined(left, character)) {
                to = encodePart(text, part, position, left, ids, to);
                part = position;
            }
            position += character >= 0 ? CharacterBorders.SIZE : Utf8.size(text[position]);
            left = character;
        }
        return part == start
                ? encodeAlone(text, start, end, ids, from)
                : encodePart(text, part, end, left, ids, to);
    }

    /// @param last the part's last character, if that is one of three bytes
    private int encodePart(byte[] text, int start, int end, int last, int[] ids, int from) {
        int length = end - start;
        if (length == CharacterBorders.SIZE) {
            int known = cache.copyCharacter(last, ids, from);
            if (known > from) {
                return known;
            }
            int to = encodeAlone(text, start, end, ids, from);
            cache.rememberCharacter(last, ids, from, to);
            return to;
        }
        if (length > WordCache.LONGEST_PIECE) {
            return encodeAlone(text, start, end, ids, from);
        }
        cache.lookUp(text, start, end);
        int known = cache.copy(WordCache.ONE, ids, from);
        if (known > from) {
            return known;
        }
        int to = encodeAlone(text, start, end, ids, from);
        cache.remember(WordCache.ONE, ids, from, to);
        return to;
    }

    private int encodeAlone(byte[] text, int start, int end, int[] ids, int from) {
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
