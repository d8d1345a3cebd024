package dev.gyre.tokenizer.sentencepiece;

import dev.gyre.tokenizer.text.IdBuffer;
import dev.gyre.tokenizer.text.PieceTable;
import dev.gyre.tokenizer.text.StretchEncoder;
import dev.gyre.tokenizer.text.Utf8;

/// Looks up whole words, or single characters. A word begins with each visible blank.
///
/// @param pieces ids of the pieces that are used
/// @param words whether words are looked up, or characters
record PieceLookup(SentencePieceModel model, PieceTable pieces, boolean words)
        implements StretchEncoder {
    @Override
    public void encode(byte[] text, int start, int end, IdBuffer out) {
        PieceWriter writer = new PieceWriter(model.unknownId(), model.byteIds(), out);
        for (int at = start; at < end; ) {
            int next = words ? wordEnd(text, at, end) : characterEnd(text, at, end);
            writer.write(pieces.get(text, at, next), text, at, next);
            at = next;
        }
    }

    private int characterEnd(byte[] text, int at, int end) {
        int defined = model.normalizer().userDefined().longest(text, at, end);
        return at + (defined > 0 ? defined : Utf8.size(text[at]));
    }

    private static int wordEnd(byte[] text, int start, int end) {
        int at = start + Utf8.size(text[start]);
        while (at < end && Utf8.codePointAt(text, at) != 0x2581) {
            at += Utf8.size(text[at]);
        }
        return at;
    }
}
