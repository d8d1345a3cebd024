package dev.gyre.tokenizer.bpe;

import dev.gyre.tokenizer.split.PieceScanner;
import dev.gyre.tokenizer.text.IdBuffer;
import dev.gyre.tokenizer.text.StretchEncoder;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;

/// Turns text without added tokens into ids: cut into pieces, look each up, merge what is new.
/// Keeps its scratch memory and cache between calls; not for use by several threads at once.
public final class PieceEncoder implements StretchEncoder {
    private final PieceScanner scanner;
    private final Pieces wholePieces;
    private final PieceMerger merger;
    private final PieceCache cache = new PieceCache();

    public PieceEncoder(
            PieceScanner scanner, MergeTable merges, int[] byteIds, Pieces wholePieces) {
        this.scanner = scanner;
        this.wholePieces = wholePieces;
        merger = new PieceMerger(merges, byteIds);
    }

    @Override
    public void encode(byte[] text, int start, int end, IdBuffer out) {
        int position = start;
        while (position < end) {
            int pieceEnd = scanner.pieceEnd(text, position, end);
            encodePiece(text, position, pieceEnd, out);
            position = pieceEnd;
        }
    }

    private void encodePiece(byte[] text, int start, int end, IdBuffer out) {
        int length = end - start;
        if (length > PieceCache.LONGEST_PIECE) {
            encodeNewPiece(text, start, end, out);
            return;
        }
        long head = PieceCache.head(text, start, length);
        long tail = PieceCache.tail(text, start, length);
        if (!cache.copy(head, tail, out)) {
            int before = out.size();
            encodeNewPiece(text, start, end, out);
            cache.remember(head, tail, out, before);
        }
    }

    private void encodeNewPiece(byte[] text, int start, int end, IdBuffer out) {
        int whole = wholePieces.idOf(text, start, end);
        if (whole >= 0) {
            out.add(whole);
        } else {
            merger.merge(text, start, end, out);
        }
    }

    /// The tokens that a whole piece becomes without merging; empty for most vocabularies.
    public static final class Pieces {
        private final Map<String, Integer> ids = new HashMap<>();
        private int longest;

        public void add(byte[] token, int id) {
            ids.put(new String(token, StandardCharsets.ISO_8859_1), id);
            longest = Math.max(longest, token.length);
        }

        int idOf(byte[] text, int start, int end) {
            if (end - start > longest) {
                return -1;
            }
            String key = new String(text, start, end - start, StandardCharsets.ISO_8859_1);
            return ids.getOrDefault(key, -1);
        }
    }
}
