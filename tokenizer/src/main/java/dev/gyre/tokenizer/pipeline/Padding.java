package dev.gyre.tokenizer.pipeline;

/// How a tokenizer file fills texts up to one length. Encoding a single text never does; batches
/// may.
///
/// @param length length wanted; 0 for that of the longest text
/// @param atStart whether the beginning is filled up in place of the end
/// @param multipleOf the length is raised to a multiple of it; 0 for as it is
/// @param id id that fills up
/// @param typeId its segment
/// @param token its text
public record Padding(
        int length, boolean atStart, int multipleOf, int id, int typeId, String token) {
    /// @throws IllegalArgumentException if a number is negative
    public Padding {
        if (length < 0 || multipleOf < 0 || id < 0 || typeId < 0) {
            throw new IllegalArgumentException(
                    "padding: length %d, multiple %d, id %d and type %d must not be negative"
                            .formatted(length, multipleOf, id, typeId));
        }
    }
}
