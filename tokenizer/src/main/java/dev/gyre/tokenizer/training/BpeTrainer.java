package dev.gyre.tokenizer.training;

import dev.gyre.tokenizer.Tokenizer;
import dev.gyre.tokenizer.bpe.BpeModel;
import dev.gyre.tokenizer.bpe.BpeModel.Merge;
import dev.gyre.tokenizer.formats.JsonFields;
import dev.gyre.tokenizer.pipeline.AddedToken;
import dev.gyre.tokenizer.pipeline.PostProcessor;
import dev.gyre.tokenizer.pipeline.TokenizerDefinition;
import dev.gyre.tokenizer.split.PieceScanner;
import dev.gyre.tokenizer.split.SplitPattern;
import dev.gyre.tokenizer.text.ByteLevel;
import dev.gyre.tokenizer.text.Utf8Text;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// Learns a byte-level BPE vocabulary from text.
///
/// ```java
/// BpeTrainer trainer = new BpeTrainer(new BpeTrainer.Settings(2048, List.of("<|endoftext|>")));
/// lines.forEach(trainer::add);
/// Tokenizer tokenizer = trainer.train();
/// ```
///
/// The text is cut into pieces as GPT-2 does and equal pieces are counted; then the most frequent
/// pair of neighbours becomes a token, again and again (Gage 1994, Sennrich et al. 2016). Ids are
/// the special tokens in their order, the 256 bytes in the order of their spelling, the merges.
/// Equally frequent pairs go by the smaller ids, so that the same text gives the same vocabulary,
/// and the merges equal those of Hugging Face's `BpeTrainer` with the byte-level alphabet. O(N log
/// V) for N different pieces and V merges, in place of O(N·V) for counting anew after each merge.
///
/// For one thread.
public final class BpeTrainer {
    /// What to learn.
    ///
    /// @param vocabularySize token ids wanted, special tokens and 256 bytes included; up to
    ///   1,000,000
    /// @param minimumCount a pair must be this frequent to become a token; at least 1
    /// @param specialTokens take the first ids in this order
    public record Settings(int vocabularySize, long minimumCount, List<String> specialTokens) {
        /// Largest vocabulary that can be trained.
        public static final int MAX_VOCABULARY_SIZE = 1_000_000;

        /// @throws IllegalArgumentException if the vocabulary has no room for the bytes and special
        ///   tokens, is too large, or a special token is given twice, is empty or one character
        public Settings {
            specialTokens = List.copyOf(specialTokens);
            int least = 256 + specialTokens.size();
            if (vocabularySize < least || vocabularySize > MAX_VOCABULARY_SIZE) {
                throw new IllegalArgumentException(
                        "vocabulary size %d is out of range: %d (256 bytes and %d special tokens) to %d"
                                .formatted(
                                        vocabularySize,
                                        least,
                                        specialTokens.size(),
                                        MAX_VOCABULARY_SIZE));
            }
            if (minimumCount < 1) {
                throw new IllegalArgumentException(
                        "minimum count %d is less than 1".formatted(minimumCount));
            }
            Set<String> seen = new HashSet<>();
            for (String token : specialTokens) {
                if (token.length() < 2 || token.length() > AddedToken.MAX_LENGTH) {
                    throw new IllegalArgumentException(
                            "special token \"%s\" has %d characters; 2 to %d are allowed"
                                    .formatted(token, token.length(), AddedToken.MAX_LENGTH));
                }
                JsonFields.requireUnicode("special token", token);
                if (!seen.add(token)) {
                    throw new IllegalArgumentException(
                            "special token \"%s\" is given twice".formatted(token));
                }
            }
        }

        /// Settings by which every pair that occurs may become a token.
        public Settings(int vocabularySize, List<String> specialTokens) {
            this(vocabularySize, 1, specialTokens);
        }
    }

    private final Settings settings;
    private final PieceScanner scanner = SplitPattern.GPT2.scanner();
    private final PieceCounts pieces = new PieceCounts();

    public BpeTrainer(Settings settings) {
        this.settings = settings;
    }

    /// Counts the pieces of one text; no piece spans two texts.
    ///
    /// @throws IllegalArgumentException if the text has more than 256 MiB in UTF-8
    public void add(String text) {
        Utf8Text utf8 = Utf8Text.of(text);
        int position = 0;
        while (position < utf8.length()) {
            int end = scanner.pieceEnd(utf8.bytes(), position, utf8.length());
            pieces.add(utf8.bytes(), position, end);
            position = end;
        }
    }

    /// Number of bytes of the different pieces counted so far. Memory grows with them (about forty
    /// bytes for each while merges are learned), not with the text.
    public long differentPieceBytes() {
        return pieces.byteCount();
    }

    /// Learns the merges from all that was added. Fewer tokens than wanted come out when no pair is
    /// frequent enough any more.
    public Tokenizer train() {
        Map<String, Integer> vocabulary = new LinkedHashMap<>();
        List<AddedToken> added = new ArrayList<>();
        for (String token : settings.specialTokens()) {
            added.add(new AddedToken(vocabulary.size(), token, true, false));
            vocabulary.put(token, vocabulary.size());
        }
        int[] byteIds = addBytes(vocabulary);
        List<Merge> merges = learn(vocabulary, new MergeCounts(pieces, byteIds));
        return new Tokenizer(
                TokenizerDefinition.byteLevel(
                        false,
                        SplitPattern.GPT2,
                        new BpeModel(vocabulary, merges, null, BpeModel.Options.PLAIN),
                        added,
                        PostProcessor.NONE));
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

    private List<Merge> learn(Map<String, Integer> vocabulary, MergeCounts counts) {
        List<String> tokens = new ArrayList<>(vocabulary.keySet());
        Map<String, Integer> ids = new HashMap<>(vocabulary);
        Set<String> special = Set.copyOf(settings.specialTokens());
        List<Merge> merges = new ArrayList<>();
        while (tokens.size() < settings.vocabularySize()) {
            MergeCounts.Pair pair = counts.mostFrequent();
            if (pair == null || pair.count() < settings.minimumCount()) {
                break;
            }
            Merge merge = new Merge(tokens.get(pair.left()), tokens.get(pair.right()));
            if (special.contains(merge.merged(""))) {
                // Merged, plain text could become a control token.
                continue;
            }
            int id = ids.computeIfAbsent(merge.merged(""), _ -> tokens.size());
            if (id == tokens.size()) {
                tokens.add(merge.merged(""));
                vocabulary.put(merge.merged(""), id);
            }
            merges.add(merge);
            counts.merge(pair, id);
        }
        return merges;
    }
}
