package dev.gyre.tokenizer.training;

import dev.gyre.tokenizer.bpe.BpeModel.Merge;
import dev.gyre.tokenizer.text.ByteLevel;
import dev.gyre.tokenizer.training.TrainingSettings.ByteLevelBpe;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// Learns byte-level BPE from counted pieces.
final class ByteWords {
    private ByteWords() {}

    static LearnedMerges learn(
            ByteLevelBpe settings,
            PieceSource pieces,
            TrainingResources resources,
            TrainingMonitor monitor)
            throws IOException {
        PieceBudget budget =
                new PieceBudget(
                        resources.memoryBytes(),
                        MergeLearner.BYTES_PER_WORD,
                        MergeLearner.BYTES_PER_TOKEN);
        pieces.forEach((_, _, length, count) -> budget.add(count, length));
        PieceBudget.Kept kept = budget.kept();
        Map<String, Integer> vocabulary = new LinkedHashMap<>();
        settings.specialTokens().forEach(token -> vocabulary.put(token, vocabulary.size()));
        int[] byteIds = addBytes(vocabulary);
        boolean limited = settings.longestToken() != TrainingSettings.NO_LONGEST_TOKEN;
        Words words = new Words(kept.pieces(), kept.symbols(), limited);
        pieces.forEach(
                (text, start, length, count) -> {
                    if (count >= kept.leastCount()) {
                        words.begin(count);
                        for (int i = start; i < start + length; i++) {
                            words.addToken(byteIds[text[i] & 0xFF]);
                        }
                    }
                });
        List<Merge> merges =
                new MergeLearner(
                                settings.vocabularySize(),
                                settings.minimumCount(),
                                settings.longestToken(),
                                "",
                                Set.copyOf(settings.specialTokens()))
                        .learn(vocabulary, words, resources.threads(), monitor);
        return new LearnedMerges(vocabulary, merges, kept);
    }

    /// The bytes in the order of the characters that spell them, as Hugging Face's trainer has
    /// them.
    private static int[] addBytes(Map<String, Integer> vocabulary) {
        int[] ids = new int[256];
        for (char character = 0; character < 0x144; character++) {
            int value = ByteLevel.byteOf(character);
            if (value >= 0) {
                ids[value] = vocabulary.size();
                vocabulary.put(String.valueOf(character), ids[value]);
            }
        }
        return ids;
    }
}
