package dev.gyre.tokenizer.sentencepiece;

import dev.gyre.tokenizer.text.IdBuffer;
import org.jspecify.annotations.Nullable;

/// Writes the ids of one stretch of text: what is unknown becomes the ids of its bytes or, together
/// with its unknown neighbours, one unknown id.
final class PieceWriter {
    private final int unknownId;
    private final int @Nullable [] byteIds;
    private final IdBuffer out;
    private boolean afterUnknown;

    /// @param byteIds ids of the bytes 0 to 255; `null` if there are none
    PieceWriter(int unknownId, int @Nullable [] byteIds, IdBuffer out) {
        this.unknownId = unknownId;
        this.byteIds = byteIds;
        this.out = out;
    }

    /// @param id the piece; -1, or the unknown one, if there is none
    void write(int id, byte[] text, int start, int end) {
        boolean unknown = id < 0 || id == unknownId;
        if (!unknown) {
            out.add(id, start, end);
        } else if (byteIds != null) {
            // the last byte stands for the character, the others for nothing
            for (int i = start; i < end; i++) {
                out.add(byteIds[text[i] & 0xFF], start, i == end - 1 ? end : start);
            }
        } else if (afterUnknown) {
            out.extendLast(end);
        } else {
            out.add(unknownId, start, end);
        }
        afterUnknown = unknown;
    }
}
