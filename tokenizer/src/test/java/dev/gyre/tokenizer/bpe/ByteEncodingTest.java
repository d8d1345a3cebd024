package dev.gyre.tokenizer.bpe;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gyre.tokenizer.Golden;
import dev.gyre.tokenizer.formats.TokenizerJson;
import dev.gyre.tokenizer.split.RegexPieces;
import dev.gyre.tokenizer.split.SplitPattern;
import dev.gyre.tokenizer.text.ByteLevel;
import dev.gyre.tokenizer.text.IdBuffer;
import dev.gyre.tokenizer.text.StretchEncoder;
import dev.gyre.tokenizer.text.Utf8Text;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/// The quick encoder against the definition: the pattern as a regular expression, then naive
/// merging.
class ByteEncodingTest {
    private static final BpeModel LEARNED =
            (BpeModel) TokenizerJson.parse(Golden.bytes("tokenizer.json")).definition().model();
    private static final String[] PARTS = {
        "a",
        "b",
        "Z",
        "É",
        "é",
        "e\u0301",
        "ſ",
        "'s",
        "'S",
        "'ſ",
        "'ll",
        "'Re",
        "'",
        " ",
        "  ",
        "\n",
        "\r\n",
        "\t",
        "\u00a0",
        "\u0085",
        "\u3000",
        "\u2028",
        "\u001c",
        "\0",
        "1",
        "23",
        "4567",
        "²",
        "Ⅷ",
        "日",
        "本語",
        "한",
        "ا",
        "🙂",
        "👍🏽",
        "\u200d",
        "\u0301",
        "!",
        "?!",
        "/",
        "//",
        "...",
        "--",
        "ǅ",
        "ʰ",
        "the",
        " the",
        "Hello",
        "HTTPServer",
        "\ufffd",
        "aaaa",
        "======",
        "        ",
        "responsibilities",
        "\uDBFF\uDFFF",
        "_x",
        "x_",
        "İ",
        "K"
    };

    @ParameterizedTest
    @EnumSource
    void givesTheIdsOfRegularExpressionAndNaiveMerging(SplitPattern pattern) {
        StretchEncoder quick = new ByteTables(LEARNED, Set.of()).encoder(pattern.scanner());
        for (long seed = 1; seed <= 500; seed++) {
            String text = randomText(new Random(seed));

            int[] ids = encode(quick, text);

            assertThat(ids)
                    .as("seed %d: %s", seed, text)
                    .isEqualTo(naive(LEARNED, RegexPieces.of(pattern, text)));
        }
    }

    @ParameterizedTest
    @EnumSource
    void takesTheEndOfAStretchForTheEndOfTheText(SplitPattern pattern) {
        StretchEncoder quick = new ByteTables(LEARNED, Set.of()).encoder(pattern.scanner());
        for (long seed = 1; seed <= 300; seed++) {
            Random random = new Random(seed);
            String first = randomText(random);
            Utf8Text both = Utf8Text.of(first + randomText(random));
            int middle = first.getBytes(StandardCharsets.UTF_8).length;

            IdBuffer out = new IdBuffer(16);
            quick.encode(both.bytes(), 0, middle, out);

            assertThat(out.toArray()).as("seed %d", seed).isEqualTo(encode(quick, first));
        }
    }

    /// Any merges at all: also such as no training would give, which take the slow way.
    @ParameterizedTest
    @ValueSource(ints = {2, 3, 5})
    void givesTheIdsOfNaiveMergingForAnyMerges(int letters) {
        int quickOnes = 0;
        for (long seed = 1; seed <= 300; seed++) {
            Random random = new Random(seed);
            BpeModel model = randomModel(random, letters, seed % 2 == 0);
            ByteTables tables = new ByteTables(model, Set.of());
            quickOnes += tables.encodesWithoutMerging() ? 1 : 0;
            StretchEncoder quick = tables.pieceEncoder();
            for (int i = 0; i < 20; i++) {
                StringBuilder text = new StringBuilder();
                for (int length = random.nextInt(30); length >= 0; length--) {
                    text.append((char) ('a' + random.nextInt(letters)));
                }

                assertThat(encode(quick, text.toString()))
                        .as("seed %d: %s with %s", seed, text, model.merges())
                        .isEqualTo(naive(model, List.of(text.toString())));
            }
        }
        assertThat(quickOnes).isBetween(50, 295);
    }

    /// Any tokens at all: learnt by merging, which takes the quick way, or not.
    @ParameterizedTest
    @ValueSource(ints = {2, 3})
    void ranksGiveTheIdsOfTheirDefinition(int letters) {
        int learnt = 0;
        for (long seed = 1; seed <= 300; seed++) {
            Random random = new Random(seed);
            byte[][] tokens = randomRanks(random, letters, seed % 2 == 0);
            BpeModel model = RankedTokens.model(tokens);
            learnt += model.tokensById() instanceof RankedTokens ? 1 : 0;
            StretchEncoder quick = ((ByteTables) model.encoders(true, Set.of())).pieceEncoder();
            BpeModel listed =
                    new BpeModel(
                            model.vocabulary(),
                            model.merges(),
                            null,
                            BpeModel.Options.WHOLE_PIECES);
            StretchEncoder slow = new ByteTables(listed, Set.of()).pieceEncoder();
            for (int i = 0; i < 20; i++) {
                StringBuilder text = new StringBuilder();
                for (int length = random.nextInt(30); length >= 0; length--) {
                    text.append((char) ('a' + random.nextInt(letters)));
                }
                int[] expected = byRank(tokens, text.toString());

                assertThat(encode(quick, text.toString()))
                        .as("seed %d: %s", seed, text)
                        .isEqualTo(expected)
                        .isEqualTo(encode(slow, text.toString()));
            }
            assertThat(model).isEqualTo(listed);
        }
        assertThat(learnt).isBetween(150, 250);
    }

    /// All bytes, then tokens of letters: what two tokens before them become, or anything.
    private static byte[][] randomRanks(Random random, int letters, boolean learnt) {
        List<String> tokens = new ArrayList<>();
        for (int value = 0; value < 256; value++) {
            tokens.add(String.valueOf((char) value));
        }
        List<String> known = new ArrayList<>(tokens.subList('a', 'a' + letters));
        for (int tries = 0; tries < 30; tries++) {
            String first = known.get(random.nextInt(known.size()));
            String token = first + known.get(random.nextInt(known.size()));
            boolean makesOne = !learnt || byRank(bytes(tokens), token).length == 2;
            if (!known.contains(token) && token.length() < 20 && makesOne) {
                known.add(token);
                tokens.add(token);
            }
        }
        if (!learnt) {
            Collections.shuffle(tokens.subList(256, tokens.size()), random);
            tokens.removeLast();
        }
        return bytes(tokens);
    }

    /// Tokens with characters, parts of them, and parts of two: none may be lost where pieces are
    /// cut between characters of three bytes.
    @Test
    void charactersOfThreeBytesGiveTheIdsOfTheDefinition() {
        String[] characters = {"日", "昨", "本", "木", "の", "は", "한", "힌", " ", "é", "a", "🙂"};
        for (long seed = 1; seed <= 300; seed++) {
            Random random = new Random(seed);
            byte[][] tokens = ranksOfBytes(random, characters);
            BpeModel model = RankedTokens.model(tokens);
            assertThat(model.tokensById()).isInstanceOf(RankedTokens.class);
            StretchEncoder quick = ((ByteTables) model.encoders(true, Set.of())).pieceEncoder();
            for (int i = 0; i < 20; i++) {
                String text = randomText(random, characters, 1 + random.nextInt(30));

                assertThat(encode(quick, text))
                        .as("seed %d: %s", seed, text)
                        .isEqualTo(byRank(tokens, latin1(text)));
            }
        }
    }

    /// All bytes, then what two tokens become that stand side by side in some text.
    private static byte[][] ranksOfBytes(Random random, String[] characters) {
        List<String> tokens = new ArrayList<>();
        for (int value = 0; value < 256; value++) {
            tokens.add(String.valueOf((char) value));
        }
        while (tokens.size() < 256 + 40) {
            String text = latin1(randomText(random, characters, 5));
            int start = random.nextInt(text.length() - 1);
            int length = 2 + random.nextInt(Math.min(11, text.length() - 1 - start));
            String token = text.substring(start, start + length);
            if (byRank(bytes(tokens), token).length == 2) {
                tokens.add(token);
            }
        }
        return bytes(tokens);
    }

    private static String randomText(Random random, String[] characters, int length) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < length; i++) {
            text.append(characters[random.nextInt(characters.length)]);
        }
        return text.toString();
    }

    /// A character for each byte of the text in UTF-8.
    private static String latin1(String text) {
        return new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
    }

    private static byte[][] bytes(List<String> tokens) {
        return tokens.stream()
                .map(token -> token.getBytes(StandardCharsets.ISO_8859_1))
                .toArray(byte[][]::new);
    }

    /// The pair whose bytes are the token of the lowest rank is merged first, the leftmost of
    /// equals.
    private static int[] byRank(byte[][] tokens, String piece) {
        Map<String, Integer> ranks = new HashMap<>();
        for (int rank = 0; rank < tokens.length; rank++) {
            ranks.put(new String(tokens[rank], StandardCharsets.ISO_8859_1), rank);
        }
        if (ranks.containsKey(piece)) {
            return new int[] {ranks.get(piece)};
        }
        List<String> parts = new ArrayList<>(piece.chars().mapToObj(Character::toString).toList());
        while (true) {
            int best = -1;
            int least = Integer.MAX_VALUE;
            for (int i = 0; i + 1 < parts.size(); i++) {
                int rank = ranks.getOrDefault(parts.get(i) + parts.get(i + 1), Integer.MAX_VALUE);
                if (rank < least) {
                    least = rank;
                    best = i;
                }
            }
            if (best < 0) {
                return parts.stream().mapToInt(ranks::get).toArray();
            }
            parts.set(best, parts.get(best) + parts.remove(best + 1));
        }
    }

    @ParameterizedTest
    @EnumSource
    void spansAreThoseOfTheTokens(SplitPattern pattern) {
        StretchEncoder quick = new ByteTables(LEARNED, Set.of()).encoder(pattern.scanner());
        for (long seed = 1; seed <= 100; seed++) {
            Utf8Text text = Utf8Text.of(randomText(new Random(seed)));
            IdBuffer alone = new IdBuffer(16);
            quick.encode(text.bytes(), 0, text.length(), alone);
            IdBuffer spanned = IdBuffer.withSpans(16);

            quick.encode(text.bytes(), 0, text.length(), spanned);

            assertThat(spanned.toArray()).as("seed %d", seed).isEqualTo(alone.toArray());
            for (int i = 1; i < spanned.size(); i++) {
                assertThat(spanned.start(i)).isEqualTo(spanned.end(i - 1));
            }
        }
    }

    private static String randomText(Random random) {
        StringBuilder text = new StringBuilder();
        int[] ranges = {0x80, 0x800, 0x3000, 0x20000, 0x110000};
        for (int parts = random.nextInt(30); parts >= 0; parts--) {
            int code = random.nextInt(ranges[random.nextInt(ranges.length)]);
            if (random.nextInt(5) > 0 || Character.isSurrogate((char) code) && code < 0x10000) {
                text.append(PARTS[random.nextInt(PARTS.length)]);
            } else {
                text.appendCodePoint(code);
            }
        }
        return text.toString();
    }

    /// @param ordered whether each merge comes after those of its parts
    private static BpeModel randomModel(Random random, int letters, boolean ordered) {
        Map<String, Integer> vocabulary = new HashMap<>();
        List<String> tokens = new ArrayList<>();
        for (int i = 0; i < letters; i++) {
            tokens.add(String.valueOf((char) ('a' + i)));
        }
        List<BpeModel.Merge> merges = new ArrayList<>();
        for (int i = 0; i < 12; i++) {
            BpeModel.Merge merge =
                    new BpeModel.Merge(
                            tokens.get(random.nextInt(tokens.size())),
                            tokens.get(random.nextInt(tokens.size())));
            if (merge.merged("").length() <= 20
                    && !(ordered && tokens.contains(merge.merged("")))) {
                merges.add(merge);
                if (!tokens.contains(merge.merged(""))) {
                    tokens.add(merge.merged(""));
                }
            }
        }
        if (!ordered) {
            java.util.Collections.shuffle(merges, random);
        }
        tokens.forEach(token -> vocabulary.put(token, vocabulary.size()));
        return new BpeModel(vocabulary, merges, null, BpeModel.Options.PLAIN);
    }

    private static int[] encode(StretchEncoder encoder, String text) {
        Utf8Text utf8 = Utf8Text.of(text);
        IdBuffer out = new IdBuffer(16);
        encoder.encode(utf8.bytes(), 0, utf8.length(), out);
        return out.toArray();
    }

    private static int[] naive(BpeModel model, List<String> pieces) {
        Map<BpeModel.Merge, Integer> ranks = new HashMap<>();
        for (int rank = 0; rank < model.merges().size(); rank++) {
            ranks.put(model.merges().get(rank), rank);
        }
        List<Integer> ids = new ArrayList<>();
        for (String piece : pieces) {
            List<String> symbols = new ArrayList<>();
            for (byte value : piece.getBytes(StandardCharsets.UTF_8)) {
                symbols.add(String.valueOf(ByteLevel.character(value & 0xFF)));
            }
            while (true) {
                int best = -1;
                int bestRank = Integer.MAX_VALUE;
                for (int i = 0; i + 1 < symbols.size(); i++) {
                    BpeModel.Merge pair = new BpeModel.Merge(symbols.get(i), symbols.get(i + 1));
                    int rank = ranks.getOrDefault(pair, Integer.MAX_VALUE);
                    if (rank < bestRank) {
                        best = i;
                        bestRank = rank;
                    }
                }
                if (best < 0) {
                    break;
                }
                symbols.set(best, symbols.get(best) + symbols.remove(best + 1));
            }
            symbols.forEach(symbol -> ids.add(model.vocabulary().get(symbol)));
        }
        return ids.stream().mapToInt(Integer::intValue).toArray();
    }
}
