package dev.gyre.tokenizer;

import dev.gyre.tokenizer.bpe.ByteTables;
import dev.gyre.tokenizer.pipeline.Model;
import dev.gyre.tokenizer.pipeline.PieceSplitter;
import dev.gyre.tokenizer.pipeline.TokenizerDefinition;
import dev.gyre.tokenizer.split.SplitPattern;
import dev.gyre.tokenizer.text.AlignedText;
import dev.gyre.tokenizer.text.IdBuffer;
import dev.gyre.tokenizer.text.StretchEncoder;
import org.jspecify.annotations.Nullable;

/// Encodes stretches of normalised text without added tokens. For one thread at a time.
///
/// Byte-level vocabularies with a known pattern cut and encode in one go; all others are first cut
/// into pieces by the steps of their pre-tokenizer.
final class PlainTextEncoder {
    private final @Nullable StretchEncoder whole;
    private final StretchEncoder pieces;
    private final PieceSplitter splitter;

    PlainTextEncoder(TokenizerDefinition definition, Model.Encoders encoders) {
        SplitPattern pattern = PieceSplitter.patternOf(definition.preTokenizer());
        whole =
                pattern != null && encoders instanceof ByteTables bytes
                        ? bytes.encoder(pattern.scanner())
                        : null;
        pieces = whole == null ? encoders.pieceEncoder() : whole;
        splitter = new PieceSplitter(definition.preTokenizer());
    }

    /// Appends the ids of a stretch.
    ///
    /// @param atStart whether `start` is where the text as given begins
    void encode(AlignedText text, int start, int end, boolean atStart, IdBuffer out) {
        if (start == end) {
            return;
        }
        if (whole == null) {
            splitter.encode(text, start, end, atStart, pieces, out);
            return;
        }
        int before = out.size();
        whole.encode(text.bytes(), start, end, out);
        if (out.keepsSpans()) {
            out.mapSpans(before, text);
        }
    }
}
