package dev.gyre.tokenizer.pipeline;

import dev.gyre.tokenizer.split.SplitPattern;
import dev.gyre.tokenizer.text.AlignedText;
import dev.gyre.tokenizer.text.IdBuffer;
import dev.gyre.tokenizer.text.StretchEncoder;
import dev.gyre.tokenizer.text.Utf8Text;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
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

    /// The pieces of a normalised text.
    ///
    /// @param atStart whether it begins where the text as given begins
    public List<String> pieces(String text, boolean atStart) {
        Utf8Text utf8 = Utf8Text.of(text);
        if (utf8.length() == 0) {
            return List.of();
        }
        AlignedText whole = AlignedText.wrap(utf8.bytes(), utf8.length(), false);
        Pieces pieces = new Pieces(whole, 0, whole.length());
        preTokenizer.split(pieces, atStart);
        List<String> texts = new ArrayList<>();
        for (int i = 0; i < pieces.count(); i++) {
            int length = pieces.end(i) - pieces.start(i);
            texts.add(new String(pieces.bytes(), pieces.start(i), length, StandardCharsets.UTF_8));
        }
        return texts;
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
