package dev.gyre.tokenizer.text;

/// Remembers what short pieces become. Where spans are kept it asks anew each time.
public final class CachedEncoder implements StretchEncoder {
    private final StretchEncoder pieces;
    private final PieceCache cache = new PieceCache();

    /// @param pieces gives a piece the same ids wherever it stands
    public CachedEncoder(StretchEncoder pieces) {
        this.pieces = pieces;
    }

    @Override
    public void encode(byte[] text, int start, int end, IdBuffer out) {
        int length = end - start;
        if (length > PieceCache.LONGEST_PIECE || out.keepsSpans()) {
            pieces.encode(text, start, end, out);
            return;
        }
        long head = PieceCache.head(text, start, length);
        long tail = PieceCache.tail(text, start, length);
        if (!cache.copy(head, tail, out)) {
            int before = out.size();
            pieces.encode(text, start, end, out);
            cache.remember(head, tail, out, before);
        }
    }
}
