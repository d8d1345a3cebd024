package dev.gyre.tokenization;

import dev.gyre.access.FailureException;
import dev.gyre.proto.tokenizer.v1.TrainSettings;
import dev.gyre.tokenizer.pipeline.Normalizer;
import dev.gyre.tokenizer.split.SplitPattern;
import dev.gyre.tokenizer.training.TrainingSettings;
import java.util.ArrayList;
import java.util.List;

/// The settings of a training as callers send them → those of the library.
final class TrainingRequests {
    private TrainingRequests() {}

    /// @throws FailureException when something is missing, out of range, or of no use to the
    ///   algorithm
    static TrainingSettings settings(TrainSettings settings) {
        try {
            return switch (settings.getAlgorithm()) {
                case TOKENIZER_ALGORITHM_UNSPECIFIED, TOKENIZER_ALGORITHM_BYTE_LEVEL_BPE ->
                        byteLevelBpe(settings);
                case TOKENIZER_ALGORITHM_CHARACTER_BPE -> characterBpe(settings);
                case TOKENIZER_ALGORITHM_WORDPIECE -> wordPiece(settings);
                case TOKENIZER_ALGORITHM_UNIGRAM -> unigram(settings);
                case UNRECOGNIZED ->
                        throw FailureException.invalid(
                                "settings.algorithm",
                                "algorithm %d is unknown; there are BYTE_LEVEL_BPE, CHARACTER_BPE, WORDPIECE and UNIGRAM"
                                        .formatted(settings.getAlgorithmValue()));
            };
        } catch (IllegalArgumentException refused) {
            throw FailureException.invalid("settings", String.valueOf(refused.getMessage()));
        }
    }

    private static TrainingSettings byteLevelBpe(TrainSettings settings) {
        refuse(!settings.getUnknownToken().isEmpty(), "unknown_token", "byte-level BPE");
        refuseOthers(settings, true, false, false, "byte-level BPE");
        String pattern = settings.getSplitPattern();
        return new TrainingSettings.ByteLevelBpe(
                settings.getVocabularySize(),
                minimumCount(settings),
                settings.getSpecialTokensList(),
                pattern.isEmpty()
                        ? SplitPattern.GPT2
                        : Messages.splitPattern(pattern, "settings.split_pattern"),
                TrainingSettings.NO_LONGEST_TOKEN);
    }

    private static TrainingSettings characterBpe(TrainSettings settings) {
        refuseOthers(settings, false, false, false, "character BPE");
        String unknown = settings.getUnknownToken();
        TrainingSettings.CharacterBpe standard =
                new TrainingSettings.CharacterBpe(
                        settings.getVocabularySize(),
                        unknown.isEmpty()
                                ? settings.getSpecialTokensList()
                                : withUnknown(settings, unknown),
                        unknown.isEmpty() ? null : unknown);
        return new TrainingSettings.CharacterBpe(
                standard.vocabularySize(),
                minimumCount(settings),
                standard.specialTokens(),
                standard.unknownToken(),
                standard.normalizer(),
                standard.preTokenizer(),
                standard.characters(),
                standard.longestToken());
    }

    private static TrainingSettings wordPiece(TrainSettings settings) {
        refuseOthers(settings, false, true, false, "WordPiece");
        String unknown =
                settings.getUnknownToken().isEmpty() ? "[UNK]" : settings.getUnknownToken();
        TrainingSettings.WordPiece standard =
                new TrainingSettings.WordPiece(
                        settings.getVocabularySize(), withUnknown(settings, unknown), unknown);
        return new TrainingSettings.WordPiece(
                standard.vocabularySize(),
                minimumCount(settings),
                standard.specialTokens(),
                standard.unknownToken(),
                new Normalizer.Bert(true, true, !settings.getCased(), !settings.getCased()),
                standard.preTokenizer(),
                standard.characters());
    }

    private static TrainingSettings unigram(TrainSettings settings) {
        refuseOthers(settings, false, false, true, "Unigram");
        refuse(settings.getMinimumCount() != 0, "minimum_count", "Unigram");
        String unknown =
                settings.getUnknownToken().isEmpty() ? "<unk>" : settings.getUnknownToken();
        List<String> special = withUnknown(settings, unknown);
        if (!special.getFirst().equals(unknown)) {
            throw FailureException.invalid(
                    "settings.special_tokens",
                    "the unknown token \"%s\" must be the first special token of a Unigram vocabulary"
                            .formatted(unknown));
        }
        TrainingSettings.Unigram standard =
                new TrainingSettings.Unigram(settings.getVocabularySize(), special);
        double coverage = settings.getCharacterCoverage();
        return new TrainingSettings.Unigram(
                standard.vocabularySize(),
                standard.specialTokens(),
                standard.normalizer(),
                coverage == 0 ? standard.characterCoverage() : coverage,
                standard.requiredCharacters(),
                standard.seedSize(),
                standard.shrinkingFactor(),
                standard.longestToken(),
                settings.getByteFallback());
    }

    private static long minimumCount(TrainSettings settings) {
        return settings.getMinimumCount() == 0 ? 1 : settings.getMinimumCount();
    }

    private static List<String> withUnknown(TrainSettings settings, String unknown) {
        List<String> special = new ArrayList<>(settings.getSpecialTokensList());
        if (!special.contains(unknown)) {
            special.addFirst(unknown);
        }
        return special;
    }

    private static void refuseOthers(
            TrainSettings settings,
            boolean cutsByPattern,
            boolean knowsCase,
            boolean fitsCharacters,
            String algorithm) {
        refuse(!cutsByPattern && !settings.getSplitPattern().isEmpty(), "split_pattern", algorithm);
        refuse(!knowsCase && settings.getCased(), "cased", algorithm);
        refuse(
                !fitsCharacters && settings.getCharacterCoverage() != 0,
                "character_coverage",
                algorithm);
        refuse(!fitsCharacters && settings.getByteFallback(), "byte_fallback", algorithm);
    }

    private static void refuse(boolean isSet, String field, String algorithm) {
        if (isSet) {
            throw FailureException.invalid(
                    "settings." + field,
                    "%s has no use for %s; leave it out".formatted(algorithm, field));
        }
    }
}
