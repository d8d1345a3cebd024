package dev.gyre.tokenizer.training;

import dev.gyre.tokenizer.pipeline.Normalizer;
import dev.gyre.tokenizer.pipeline.PieceSplitter;
import dev.gyre.tokenizer.pipeline.PreTokenizer;
import dev.gyre.tokenizer.split.PieceScanner;
import dev.gyre.tokenizer.text.AlignedText;
import dev.gyre.tokenizer.text.IdBuffer;

/// How texts are cut into the pieces that are counted.
final class TextCutters {
    private TextCutters() {}

    /// By a pattern, on bytes.
    record Pattern(PieceScanner scanner) implements PieceCounter.Cutter {
        @Override
        public void cut(byte[] text, int start, int end, PieceCounter.Pieces pieces) {
            int position = start;
            while (position < end) {
                int next = scanner.pieceEnd(text, position, end);
                pieces.add(text, position, next);
                position = next;
            }
        }
    }

    /// Normalised, then by the steps of a pre-tokenizer.
    record Steps(Normalizer normalizer, PieceSplitter splitter) implements PieceCounter.Cutter {
        Steps(Normalizer normalizer, PreTokenizer preTokenizer) {
            this(normalizer, new PieceSplitter(preTokenizer));
        }

        @Override
        public void cut(byte[] text, int start, int end, PieceCounter.Pieces pieces) {
            AlignedText changed = normalizer.apply(AlignedText.of(text, start, end, false));
            if (changed.length() > 0) {
                splitter.encode(
                        changed,
                        0,
                        changed.length(),
                        true,
                        (bytes, from, to, _) -> pieces.add(bytes, from, to),
                        new IdBuffer(1));
            }
        }
    }
}
