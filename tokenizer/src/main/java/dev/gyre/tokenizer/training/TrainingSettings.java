package dev.gyre.tokenizer.training;

import dev.gyre.tokenizer.formats.JsonFields;
import dev.gyre.tokenizer.pipeline.AddedToken;
import dev.gyre.tokenizer.pipeline.Model;
import dev.gyre.tokenizer.pipeline.Normalizer;
import dev.gyre.tokenizer.pipeline.PreTokenizer;
import dev.gyre.tokenizer.split.SplitPattern;
import dev.gyre.tokenizer.text.PrefixSet;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// What is to be learned. The kinds of vocabulary are the records; each has a constructor of few
/// parameters for the usual case.
public sealed interface TrainingSettings {
    /// Largest vocabulary that can be trained.
    int MAX_VOCABULARY_SIZE = 1_000_000;

    /// Tokens may be of any length.
    int NO_LONGEST_TOKEN = Integer.MAX_VALUE;

    /// Token ids wanted, special tokens included. Fewer come out where the text has no more to
    /// give.
    int vocabularySize();

    /// Tokens that take the first ids, in this order. Plain text never becomes one of them.
    List<String> specialTokens();

    /// Byte-pair encoding over bytes (GPT-2): no text is unknown. The ids are the special tokens,
    /// the 256 bytes in the order of their spelling, the merges; all as Hugging Face's `BpeTrainer`
    /// has them with the byte-level alphabet.
    ///
    /// @param minimumCount a pair must be this frequent to become a token; at least 1
    /// @param pattern how text is cut into pieces, over which no token goes
    /// @param longestToken merged tokens have fewer bytes than this, but for pairs of two bytes;
    ///   [#NO_LONGEST_TOKEN] for any (`max_token_length`)
    record ByteLevelBpe(
            int vocabularySize,
            long minimumCount,
            List<String> specialTokens,
            SplitPattern pattern,
            int longestToken)
            implements TrainingSettings {
        /// @throws IllegalArgumentException if something is out of range, or special tokens are
        ///   doubled, empty or one character
        public ByteLevelBpe {
            specialTokens = checkSpecialTokens(specialTokens);
            checkSize(vocabularySize, 256 + specialTokens.size(), "256 bytes", specialTokens);
            checkAtLeast("minimum count", minimumCount, 1);
            checkAtLeast("longest token", longestToken, 2);
        }

        /// GPT-2's pattern; every pair that occurs may become a token.
        public ByteLevelBpe(int vocabularySize, List<String> specialTokens) {
            this(vocabularySize, 1, specialTokens, SplitPattern.GPT2, NO_LONGEST_TOKEN);
        }
    }

    /// Byte-pair encoding over Unicode characters (Sennrich et al. 2016): the alphabet is that of
    /// the text, the most frequent pair of neighbours becomes a token, again and again. As Hugging
    /// Face's `BpeTrainer`.
    ///
    /// @param minimumCount a pair must be this frequent to become a token; at least 1
    /// @param unknownToken one of the special tokens, for characters that are not in the alphabet;
    ///   `null` to leave them out
    /// @param normalizer how text is changed first
    /// @param preTokenizer how it is cut into pieces, over which no token goes
    /// @param characters what pieces begin as
    /// @param longestToken merged tokens have fewer characters than this, but for pairs of two
    ///   characters; [#NO_LONGEST_TOKEN] for any (`max_token_length`)
    record CharacterBpe(
            int vocabularySize,
            long minimumCount,
            List<String> specialTokens,
            @Nullable String unknownToken,
            Normalizer normalizer,
            PreTokenizer preTokenizer,
            Characters characters,
            int longestToken)
            implements TrainingSettings {
        /// @throws IllegalArgumentException if something is out of range
        public CharacterBpe {
            specialTokens = checkSpecialTokens(specialTokens);
            checkSize(vocabularySize, 1 + specialTokens.size(), "a character", specialTokens);
            checkUnknown(unknownToken, specialTokens);
            checkAtLeast("minimum count", minimumCount, 1);
            checkAtLeast("longest token", longestToken, 2);
        }

        /// Words and punctuation apart, without whitespace; every character of the text.
        public CharacterBpe(
                int vocabularySize, List<String> specialTokens, @Nullable String unknownToken) {
            this(
                    vocabularySize,
                    1,
                    specialTokens,
                    unknownToken,
                    Normalizer.NONE,
                    new PreTokenizer.Whitespace(),
                    Characters.ALL,
                    NO_LONGEST_TOKEN);
        }
    }

    /// WordPiece as Hugging Face's `WordPieceTrainer` learns it: byte-pair encoding over characters
    /// whose tokens inside a word begin with a prefix.
    ///
    /// @param minimumCount a pair must be this frequent to become a token; at least 1
    /// @param unknownToken one of the special tokens, for words that the vocabulary cannot spell
    /// @param normalizer how text is changed first
    /// @param preTokenizer how it is cut into words
    /// @param characters what words begin as; the continuing prefix must not be empty
    record WordPiece(
            int vocabularySize,
            long minimumCount,
            List<String> specialTokens,
            String unknownToken,
            Normalizer normalizer,
            PreTokenizer preTokenizer,
            Characters characters)
            implements TrainingSettings {
        /// @throws IllegalArgumentException if something is out of range
        public WordPiece {
            specialTokens = checkSpecialTokens(specialTokens);
            checkSize(vocabularySize, 1 + specialTokens.size(), "a character", specialTokens);
            checkUnknown(unknownToken, specialTokens);
            checkAtLeast("minimum count", minimumCount, 1);
            if (characters.continuingPrefix().isEmpty()) {
                throw new IllegalArgumentException(
                        "WordPiece needs a continuing prefix, for example \"##\"");
            }
        }

        /// BERT's, uncased: `##` continues a word.
        public WordPiece(int vocabularySize, List<String> specialTokens, String unknownToken) {
            this(
                    vocabularySize,
                    1,
                    specialTokens,
                    unknownToken,
                    new Normalizer.Bert(true, true, true, true),
                    new PreTokenizer.Bert(),
                    Characters.ALL.withAffixes("##", ""));
        }
    }

    /// Unigram as SentencePiece's trainer learns it (Kudo 2018): a large vocabulary of frequent
    /// substrings is fitted by expectation maximisation and pruned until it has the size wanted.
    ///
    /// @param specialTokens the unknown token, first, then others
    /// @param normalizer how text is changed first; it must put a blank before the text and make
    ///   blanks visible
    /// @param characterCoverage share of the characters of the text that become tokens, the
    ///   frequent ones first; 0.98 to 1
    /// @param requiredCharacters characters that become tokens in any case
    /// @param seedSize tokens to begin with, 1,000 to 5,000,000
    /// @param shrinkingFactor share of the tokens that one pruning keeps, 0.5 to 0.95
    /// @param longestToken characters that a token has at most, 1 to 64
    /// @param byteFallback whether the 256 bytes become tokens, for characters without one
    record Unigram(
            int vocabularySize,
            List<String> specialTokens,
            Normalizer.SentencePiece normalizer,
            double characterCoverage,
            String requiredCharacters,
            int seedSize,
            double shrinkingFactor,
            int longestToken,
            boolean byteFallback)
            implements TrainingSettings {
        /// @throws IllegalArgumentException if something is out of range
        public Unigram {
            specialTokens = checkSpecialTokens(specialTokens);
            if (specialTokens.isEmpty()) {
                throw new IllegalArgumentException(
                        "Unigram needs an unknown token as the first special token, for example \"<unk>\"");
            }
            int bytes = byteFallback ? 256 : 0;
            checkSize(
                    vocabularySize,
                    1 + bytes + specialTokens.size(),
                    "a character and %d bytes".formatted(bytes),
                    specialTokens);
            if (!normalizer.addsBlank()
                    || normalizer.blankBehind()
                    || !normalizer.escapesBlanks()) {
                throw new IllegalArgumentException(
                        "a normalizer that puts no blank before the text or hides blanks is not supported in training");
            }
            checkRange("character coverage", characterCoverage, 0.98, 1);
            JsonFields.requireUnicode("the required characters", requiredCharacters);
            checkRange("seed size", seedSize, 1_000, 5_000_000);
            checkRange("shrinking factor", shrinkingFactor, 0.5, 0.95);
            checkRange("longest token", longestToken, 1, 64);
        }

        /// SentencePiece's defaults without a character map.
        public Unigram(int vocabularySize, List<String> specialTokens) {
            this(
                    vocabularySize,
                    specialTokens,
                    new Normalizer.SentencePiece(
                            "identity", null, true, false, true, true, PrefixSet.of(List.of())),
                    0.9995,
                    "",
                    1_000_000,
                    0.75,
                    16,
                    false);
        }
    }

    /// What pieces begin as, before anything is merged.
    ///
    /// @param initial characters that are in the alphabet whether the text has them or not
    ///   (`initial_alphabet`)
    /// @param limit most characters that the alphabet has, the initial and the frequent ones first,
    ///   equally frequent ones by code point (`limit_alphabet`)
    /// @param continuingPrefix stands before every character but a piece's first, often empty
    /// @param endOfWordSuffix stands after a piece's last character, often empty
    record Characters(String initial, int limit, String continuingPrefix, String endOfWordSuffix) {
        /// Those of the text.
        public static final Characters ALL = new Characters("", Integer.MAX_VALUE, "", "");

        private static final int LONGEST_AFFIX = 16;

        /// @throws IllegalArgumentException if the limit is less than 1 or an affix too long
        public Characters {
            JsonFields.requireUnicode("the initial alphabet", initial);
            JsonFields.requireUnicode("the continuing prefix", continuingPrefix);
            JsonFields.requireUnicode("the end-of-word suffix", endOfWordSuffix);
            checkAtLeast("limit of the alphabet", limit, 1);
            for (String affix : List.of(continuingPrefix, endOfWordSuffix)) {
                if (affix.length() > LONGEST_AFFIX) {
                    throw new IllegalArgumentException(
                            "\"%s\" has %d characters; prefix and suffix have at most %d"
                                    .formatted(affix, affix.length(), LONGEST_AFFIX));
                }
            }
        }

        /// The same with other affixes.
        public Characters withAffixes(String continuingPrefix, String endOfWordSuffix) {
            return new Characters(initial, limit, continuingPrefix, endOfWordSuffix);
        }
    }

    private static List<String> checkSpecialTokens(List<String> tokens) {
        Set<String> seen = new HashSet<>();
        for (String token : tokens) {
            JsonFields.requireUnicode("special token", token);
            int characters = token.codePointCount(0, token.length());
            if (characters < 2 || token.length() > AddedToken.MAX_LENGTH) {
                throw new IllegalArgumentException(
                        "special token \"%s\" has %d characters; 2 to %d are allowed"
                                .formatted(token, characters, AddedToken.MAX_LENGTH));
            }
            if (!seen.add(token)) {
                throw new IllegalArgumentException(
                        "special token \"%s\" is given twice".formatted(token));
            }
        }
        return List.copyOf(tokens);
    }

    private static void checkSize(int size, int least, String what, List<String> specialTokens) {
        int most = Math.min(MAX_VOCABULARY_SIZE, Model.MAX_ID);
        if (size < least || size > most) {
            throw new IllegalArgumentException(
                    "vocabulary size %d is out of range: %d (%s and %d special tokens) to %d"
                            .formatted(size, least, what, specialTokens.size(), most));
        }
    }

    private static void checkUnknown(@Nullable String token, List<String> specialTokens) {
        if (token != null && !specialTokens.contains(token)) {
            throw new IllegalArgumentException(
                    "the unknown token \"%s\" is not among the special tokens %s; add it"
                            .formatted(token, specialTokens));
        }
    }

    private static void checkAtLeast(String what, long value, long least) {
        if (value < least) {
            throw new IllegalArgumentException(
                    "%s %d is less than %d".formatted(what, value, least));
        }
    }

    private static void checkRange(String what, double value, double least, double most) {
        if (!(value >= least && value <= most)) {
            throw new IllegalArgumentException(
                    "%s %s is out of range: %s to %s".formatted(what, value, least, most));
        }
    }
}
