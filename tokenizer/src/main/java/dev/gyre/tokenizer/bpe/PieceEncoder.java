package dev.gyre.tokenizer.bpe;

import dev.gyre.tokenizer.split.PieceScanner;
import dev.gyre.tokenizer.text.CachedEncoder;
import dev.gyre.tokenizer.text.IdBuffer;
import dev.gyre.tokenizer.text.StretchEncoder;

/// Turns text into ids in one go: cut into pieces, look each up, merge what is new. Keeps its
/// scratch memory and cache between calls; for one thread at a time.
final class PieceEncoder implements StretchEncoder {
    private final PieceScanner scanner;
    private final CachedEncoder pieces;

    PieceEncoder(PieceScanner scanner, StretchEncoder pieces) {
        this.scanner = scanner;
        this.pieces = new CachedEncoder(pieces);
    }

    @Override
    public void encode(byte[] text, int start, int end, IdBuffer out) {
        int position = start;
        while (position < end) {
            int pieceEnd = scanner.pieceEnd(text, position, end);
            pieces.encode(text, position, pieceEnd, out);
            position = pieceEnd;
        }
    }
}
