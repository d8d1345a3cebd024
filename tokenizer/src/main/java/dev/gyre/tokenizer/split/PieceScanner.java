package dev.gyre.tokenizer.split;

/// Cuts text into the pieces inside which byte pairs may be merged.
///
/// Scanners read UTF-8 bytes and look at each byte a small constant number of times, so that no
/// text makes them slow; the regular expressions they stand for need backtracking.
public interface PieceScanner {
    /// Cuts nothing.
    PieceScanner WHOLE =
            new PieceScanner() {
                @Override
                public int pieceEnd(byte[] text, int start, int end) {
                    return end;
                }

                @Override
                public int scan(byte[] text, int start, int end, int[] ends) {
                    ends[0] = end;
                    return 1;
                }
            };

    /// End of the piece that begins at `start`.
    ///
    /// @param text valid UTF-8
    /// @param start first byte of a character, less than `end`
    /// @param end one past the last byte; it counts as the end of the text
    /// @return a position greater than `start` and at most `end`
    int pieceEnd(byte[] text, int start, int end);

    /// Cuts pieces one after another, from `start` on, until the text or the room for them ends.
    ///
    /// One call a block of pieces, so that the loop inside is one class's own and stays fast where
    /// a process uses several patterns.
    ///
    /// @param text readable for 16 bytes after `end`
    /// @param ends takes the end of each piece; at least 64 long
    /// @return number of pieces, at least 1 where `start` is less than `end`
    int scan(byte[] text, int start, int end, int[] ends);
}
