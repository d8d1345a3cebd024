package dev.gyre.tokenizer.pipeline;

import dev.gyre.tokenizer.split.SplitPattern;
import dev.gyre.tokenizer.text.AlignedText;
import dev.gyre.tokenizer.text.IdBuffer;
import dev.gyre.tokenizer.text.StretchEncoder;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Cuts text by the steps of a pre-tokenizer and encodes the pieces.
///
/// @param preTokenizer the steps
public record PieceSplitter(PreTokenizer preTokenizer) {
    /// Appends the ids of a stretch, which is not empty.
    ///
    /// @param atStart whether `start` is where the text as given begins
    public void encode(
            AlignedText text,
            int start,
            int end,
            boolean atStart,
            StretchEncoder encoder,
            IdBuffer out) {
        Pieces pieces = new Pieces(text, start, end);
        preTokenizer.split(pieces, atStart);
        int before = out.size();
        for (int i = 0; i < pieces.count(); i++) {
            encoder.encode(pieces.bytes(), pieces.start(i), pieces.end(i), out);
        }
        if (out.keepsSpans()) {
            out.mapSpans(before, pieces.text());
        }
    }

    /// The pattern that does all that a byte-level pre-tokenizer does; `null` if there is none.
    public static @Nullable SplitPattern patternOf(PreTokenizer preTokenizer) {
        List<PreTokenizer> steps =
                preTokenizer instanceof PreTokenizer.Sequence(List<PreTokenizer> parts)
                        ? parts
                        : List.of(preTokenizer);
        if (steps.isEmpty()
                || !(steps.getLast()
                        instanceof PreTokenizer.ByteLevel(boolean addsSpace, boolean splits, _))
                || addsSpace) {
            return null;
        }
        if (steps.size() == 1) {
            return splits ? SplitPattern.GPT2 : null;
        }
        if (steps.size() > 2) {
            return null;
        }
        if (splits) {
            return steps.getFirst().equals(new PreTokenizer.Digits(true))
                    ? SplitPattern.SMOLLM
                    : null;
        }
        // The patterns match every character, so that removing all that does not match is the same.
        return steps.getFirst()
                                instanceof
                                PreTokenizer.Pattern(
                                        SplitPattern pattern,
                                        Delimiter delimiter,
                                        boolean inverted)
                        && delimiter == (inverted ? Delimiter.REMOVED : Delimiter.ISOLATED)
                ? pattern
                : null;
    }
}
