package dev.gyre.tokenizer.training;

import dev.gyre.tokenizer.bpe.BpeModel.Merge;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// Learns merges from words: the most frequent pair of neighbours becomes a token, again and again
/// (Gage 1994, Sennrich et al. 2016). O(N log V) for N tokens in different words and V merges, in
/// place of O(N·V) for counting anew after each merge.
///
/// @param vocabularySize tokens wanted
/// @param minimumCount pairs that are less frequent are not merged
/// @param longestToken see [TrainingSettings.CharacterBpe]
/// @param continuingPrefix what the right token loses
/// @param special tokens that no merge makes: merged, plain text could become a control token
record MergeLearner(
        int vocabularySize,
        long minimumCount,
        int longestToken,
        String continuingPrefix,
        Set<String> special) {
    /// Bytes of memory that a word takes: its place, its length, its count.
    static final long BYTES_PER_WORD = 16;

    /// Bytes of memory that a token of a word takes while merges are learned: itself, its place in
    /// the lists of its pairs, and its share of the table and the heap of pairs. Sampled while
    /// 32,000 tokens were learned from 10 MB each: 49 on English, 60 on code, 19 on Chinese and
    /// Japanese.
    static final long BYTES_PER_TOKEN = 80;

    /// Learns the merges.
    ///
    /// @param vocabulary the tokens that words consist of, by id; the new tokens are added
    List<Merge> learn(
            Map<String, Integer> vocabulary, Words words, int threads, TrainingMonitor monitor) {
        monitor.begin(TrainingPhase.MERGING, vocabularySize);
        MergeCounts counts = new MergeCounts(words, longestToken, threads);
        List<String> tokens = new ArrayList<>(vocabulary.keySet());
        Map<String, Integer> ids = new HashMap<>(vocabulary);
        Set<Merge> merges = new LinkedHashSet<>();
        while (tokens.size() < vocabularySize) {
            long pair = counts.mostFrequent();
            if (pair < 0 || counts.count(pair) < minimumCount) {
                break;
            }
            Merge merge =
                    new Merge(
                            tokens.get(PairCounts.left(pair)), tokens.get(PairCounts.right(pair)));
            String merged = merge.merged(continuingPrefix);
            if (special.contains(merged)) {
                counts.skip();
                continue;
            }
            int id = ids.getOrDefault(merged, tokens.size());
            if (!counts.merge(id)) {
                continue;
            }
            if (id == tokens.size()) {
                tokens.add(merged);
                ids.put(merged, id);
                vocabulary.put(merged, id);
            }
            // A pair that comes up again takes the later rank, as Hugging Face has it.
            merges.remove(merge);
            merges.add(merge);
            if ((merges.size() & 0xFF) == 0) {
                monitor.advance(tokens.size(), vocabularySize);
            }
        }
        monitor.end(tokens.size(), vocabularySize);
        return List.copyOf(merges);
    }
}
