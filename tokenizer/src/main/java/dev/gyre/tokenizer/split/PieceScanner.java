package dev.gyre.tokenizer.split;

/// Cuts text into the pieces inside which byte pairs may be merged.
///
/// Scanners read UTF-8 bytes and look at each byte a small constant number of times, so that no
/// text makes them slow; the regular expressions they stand for need backtracking.
public interface PieceScanner {
    /// End of the piece that begins at `start`.
    ///
    /// @param text valid UTF-8
    /// @param start first byte of a character, less than `end`
    /// @param end one past the last byte; it counts as the end of the text
    /// @return a position greater than `start` and at most `end`
    int pieceEnd(byte[] text, int start, int end);
}
