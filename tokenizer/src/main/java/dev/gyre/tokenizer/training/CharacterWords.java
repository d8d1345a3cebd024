package dev.gyre.tokenizer.training;

import dev.gyre.tokenizer.bpe.BpeModel.Merge;
import dev.gyre.tokenizer.text.Utf8;
import dev.gyre.tokenizer.training.TrainingSettings.Characters;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Learns BPE from counted pieces that begin as rows of characters, with or without affixes.
///
/// The ids are the special tokens, the alphabet by code point, the characters with affixes in the
/// order of their spelling, the merges. Hugging Face gives the characters with affixes ids in the
/// order of a hash table, another in every run; equally frequent pairs go by ids, so that its
/// merges differ from run to run.
final class CharacterWords {
    private static final int FIRST = 1;
    private static final int LAST = 2;

    private final Characters characters;
    private final Map<String, Integer> vocabulary = new LinkedHashMap<>();

    /// Ids of a character in the middle of a piece, at its beginning, its end, and alone.
    private final Map<Integer, int[]> ids = new HashMap<>();

    private CharacterWords(Characters characters) {
        this.characters = characters;
    }

    /// @param learner what to learn
    /// @param affixed the order in which characters with affixes get ids
    static LearnedMerges learn(
            MergeLearner learner,
            List<String> specialTokens,
            Characters characters,
            Comparator<String> affixed,
            PieceSource pieces,
            TrainingResources resources,
            TrainingMonitor monitor)
            throws IOException {
        PieceBudget budget =
                new PieceBudget(
                        resources.memoryBytes(),
                        MergeLearner.BYTES_PER_WORD,
                        MergeLearner.BYTES_PER_TOKEN);
        CharacterCounts counts = new CharacterCounts();
        pieces.forEach(
                (text, start, length, count) -> {
                    int end = start + length;
                    budget.add(count, Utf8.count(text, start, end));
                    for (int at = start; at < end; at += Utf8.size(text[at])) {
                        counts.add(Utf8.codePointAt(text, at), count);
                    }
                });
        PieceBudget.Kept kept = budget.kept();
        CharacterWords made = new CharacterWords(characters);
        specialTokens.forEach(token -> made.vocabulary.put(token, made.vocabulary.size()));
        made.addAlphabet(counts, learner.vocabularySize());
        made.addAffixed(pieces, affixed);
        boolean limited = learner.longestToken() != TrainingSettings.NO_LONGEST_TOKEN;
        Words words = new Words(kept.pieces(), kept.symbols(), limited);
        pieces.forEach(
                (text, start, length, count) -> {
                    if (count >= kept.leastCount()) {
                        words.begin(count);
                        made.addTokens(text, start, length, words);
                    }
                });
        List<Merge> merges = learner.learn(made.vocabulary, words, resources.threads(), monitor);
        return new LearnedMerges(made.vocabulary, merges, kept);
    }

    private void addAlphabet(CharacterCounts counts, int vocabularySize) {
        characters.initial().codePoints().forEach(point -> counts.add(point, Long.MAX_VALUE));
        List<CharacterCounts.Entry> alphabet = new ArrayList<>(counts.entries());
        if (alphabet.size() > characters.limit()) {
            alphabet.sort(Comparator.comparingLong(CharacterCounts.Entry::count).reversed());
            alphabet.subList(characters.limit(), alphabet.size()).clear();
            alphabet.sort(Comparator.comparingInt(CharacterCounts.Entry::codePoint));
        }
        if (vocabulary.size() + alphabet.size() > vocabularySize) {
            throw new IllegalArgumentException(
                    "vocabulary size %d has no room for %d special tokens and the %d characters of the text; raise it or limit the alphabet"
                            .formatted(vocabularySize, vocabulary.size(), alphabet.size()));
        }
        for (CharacterCounts.Entry entry : alphabet) {
            int id = vocabulary.size();
            vocabulary.put(Character.toString(entry.codePoint()), id);
            ids.put(entry.codePoint(), new int[] {id, id, id, id});
        }
    }

    /// Gives the characters with affixes that occur ids of their own.
    private void addAffixed(PieceSource pieces, Comparator<String> order) throws IOException {
        if (characters.continuingPrefix().isEmpty() && characters.endOfWordSuffix().isEmpty()) {
            return;
        }
        Map<Integer, boolean[]> seen = new HashMap<>();
        pieces.forEach(
                (text, start, length, _) -> {
                    int end = start + length;
                    for (int at = start; at < end; ) {
                        int point = Utf8.codePointAt(text, at);
                        int next = at + Utf8.size(text[at]);
                        seen.computeIfAbsent(point, _ -> new boolean[4])[
                                        place(at == start, next == end)] =
                                true;
                        at = next;
                    }
                });
        Map<String, List<int[]>> places = new HashMap<>();
        seen.forEach(
                (point, at) -> {
                    for (int place = 0; place < 4; place++) {
                        if (at[place] && ids.containsKey(point)) {
                            places.computeIfAbsent(spelled(point, place), _ -> new ArrayList<>())
                                    .add(new int[] {point, place});
                        }
                    }
                });
        places.keySet().stream()
                .sorted(order)
                .forEach(
                        token -> {
                            Integer known = vocabulary.get(token);
                            if (known != null && token.codePointCount(0, token.length()) > 1) {
                                throw new IllegalArgumentException(
                                        "the special token \"%s\" is a character with prefix or suffix; choose another text for it"
                                                .formatted(token));
                            }
                            int id = known == null ? vocabulary.size() : known;
                            vocabulary.putIfAbsent(token, id);
                            for (int[] place : places.getOrDefault(token, List.of())) {
                                int[] own = ids.getOrDefault(place[0], new int[4]);
                                own[place[1]] = id;
                            }
                        });
    }

    private static int place(boolean first, boolean last) {
        return (first ? FIRST : 0) | (last ? LAST : 0);
    }

    private String spelled(int point, int place) {
        String prefix = (place & FIRST) == 0 ? characters.continuingPrefix() : "";
        String suffix = (place & LAST) == 0 ? "" : characters.endOfWordSuffix();
        return prefix + Character.toString(point) + suffix;
    }

    /// Adds the tokens of a piece; characters that are not in the alphabet are passed over.
    private void addTokens(byte[] text, int start, int length, Words words) {
        int end = start + length;
        for (int at = start; at < end; ) {
            int[] own = ids.get(Utf8.codePointAt(text, at));
            int next = at + Utf8.size(text[at]);
            if (own != null) {
                words.addToken(own[place(at == start, next == end)]);
            }
            at = next;
        }
    }
}
