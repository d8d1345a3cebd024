package dev.gyre.tokenizer.text;

/// Turns stretches of text into token ids. Keeps scratch memory and caches between calls; for one
/// thread at a time.
public interface StretchEncoder {
    /// Appends the ids of the bytes from `start` to `end`, with their spans where `out` keeps them.
    ///
    /// @param text valid UTF-8, readable for 16 bytes after `end`
    void encode(byte[] text, int start, int end, IdBuffer out);
}
