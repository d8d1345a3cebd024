package dev.gyre.tokenizer.formats;

import dev.gyre.tokenizer.Tokenizer;
import dev.gyre.tokenizer.bpe.BpeModel;
import dev.gyre.tokenizer.bpe.RankedTokens;
import dev.gyre.tokenizer.pipeline.AddedToken;
import dev.gyre.tokenizer.pipeline.Model;
import dev.gyre.tokenizer.pipeline.PostProcessor;
import dev.gyre.tokenizer.pipeline.TokenizerDefinition;
import dev.gyre.tokenizer.split.SplitPattern;
import dev.gyre.tokenizer.text.ByteLevel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// Reads and writes tiktoken's rank files: a line for each token, its bytes in base64 and its rank,
/// which is its id. Neither the pattern nor the special tokens are in the file.
public final class TiktokenFile {
    /// Largest file that is read; o200k has 3.6 MB.
    public static final long MAX_FILE_BYTES = 64L << 20;

    private static final int LONGEST_TOKEN = 1 << 16;

    private TiktokenFile() {}

    /// The tokenizer of a file.
    ///
    /// @param pattern how text is cut into pieces
    /// @param specialTokens id of each special token by its text; together with the ranks they have
    ///   each id from 0 on once, gaps between special tokens apart
    /// @throws IllegalArgumentException if the file is damaged or over the limit
    /// @throws java.io.UncheckedIOException if it cannot be read
    public static Tokenizer load(
            Path file, SplitPattern pattern, Map<String, Integer> specialTokens) {
        return TokenizerFiles.load(
                file, MAX_FILE_BYTES, bytes -> parse(bytes, pattern, specialTokens));
    }

    /// The tokenizer of a file's bytes; see [#load].
    ///
    /// @throws IllegalArgumentException if the file is damaged
    public static Tokenizer parse(
            byte[] file, SplitPattern pattern, Map<String, Integer> specialTokens) {
        byte[][] tokens = tokens(file);
        requireEveryByte(tokens);
        List<AddedToken> special = new ArrayList<>();
        specialTokens.forEach((text, id) -> special.add(new AddedToken(id, text, true, false)));
        Set<Integer> specialIds = Set.copyOf(specialTokens.values());
        for (int id = 0; id < tokens.length; id++) {
            if (tokens[id] == null && !specialIds.contains(id)) {
                throw new IllegalArgumentException(
                        "no token has the rank %d, the highest is %d"
                                .formatted(id, tokens.length - 1));
            }
        }
        for (int id : specialIds) {
            if (id >= 0 && id < tokens.length && tokens[id] != null) {
                throw new IllegalArgumentException(
                        "rank %d is the id of a special token".formatted(id));
            }
        }
        return new Tokenizer(
                TokenizerDefinition.byteLevel(
                        false, pattern, RankedTokens.model(tokens), special, PostProcessor.NONE));
    }

    private static byte[][] tokens(byte[] file) {
        byte[][] tokens = new byte[1 << 10][];
        int count = 0;
        int line = 0;
        for (int start = 0, next; start < file.length; start = next) {
            line++;
            int end = start;
            while (end < file.length && file[end] != '\n') {
                end++;
            }
            next = end + 1;
            if (end > start && file[end - 1] == '\r') {
                end--;
            }
            if (end == start) {
                continue;
            }
            int blank = start;
            while (blank < end && file[blank] != ' ') {
                blank++;
            }
            int rank = rank(file, blank + 1, end, line);
            if (rank >= tokens.length) {
                tokens = Arrays.copyOf(tokens, Math.max(rank + 1, tokens.length * 2));
            }
            if (tokens[rank] != null) {
                throw damaged(line, "rank %d is there twice".formatted(rank));
            }
            tokens[rank] = token(file, start, blank, line);
            count = Math.max(count, rank + 1);
        }
        return Arrays.copyOf(tokens, count);
    }

    private static int rank(byte[] file, int start, int end, int line) {
        int rank = 0;
        for (int i = start; i < end; i++) {
            int digit = file[i] - '0';
            if (digit < 0 || digit > 9) {
                throw damaged(line, "the rank is no number");
            }
            rank = rank * 10 + digit;
            if (rank > Model.MAX_ID) {
                throw damaged(line, "the rank is over the limit of " + Model.MAX_ID);
            }
        }
        if (start >= end) {
            throw damaged(line, "there is no rank; a line is a token in base64, a blank, its rank");
        }
        return rank;
    }

    private static byte[] token(byte[] file, int start, int end, int line) {
        if (end - start > LONGEST_TOKEN) {
            throw damaged(line, "the token is over %d characters long".formatted(LONGEST_TOKEN));
        }
        byte[] token;
        try {
            token = Base64.getDecoder().decode(Arrays.copyOfRange(file, start, end));
        } catch (IllegalArgumentException e) {
            throw damaged(line, "the token is no base64: " + e.getMessage());
        }
        if (token.length == 0) {
            throw damaged(line, "the token is empty");
        }
        return token;
    }

    private static IllegalArgumentException damaged(int line, String reason) {
        return new IllegalArgumentException("line %d: %s".formatted(line, reason));
    }

    private static void requireEveryByte(byte[][] tokens) {
        boolean[] there = new boolean[256];
        for (byte[] token : tokens) {
            if (token != null && token.length == 1) {
                there[token[0] & 0xFF] = true;
            }
        }
        for (int value = 0; value < there.length; value++) {
            if (!there[value]) {
                throw new IllegalArgumentException(
                        "no token is the single byte 0x%02X; a rank file has all 256"
                                .formatted(value));
            }
        }
    }

    /// The rank file of a tokenizer. Its pattern and special tokens are not in it.
    ///
    /// @throws IllegalArgumentException if merging by rank would give other ids than the tokenizer
    public static byte[] format(Tokenizer tokenizer) {
        if (!(tokenizer.definition().model() instanceof BpeModel model)
                || !tokenizer.definition().isByteLevel()) {
            throw new IllegalArgumentException(
                    "a rank file holds byte-level BPE vocabularies only; write tokenizer.json");
        }
        byte[][] tokens = new byte[tokenizer.vocabularySize()][];
        model.vocabulary()
                .forEach(
                        (token, id) -> {
                            if (!tokenizer.isSpecial(id)) {
                                tokens[id] = ByteLevel.bytes(token);
                            }
                        });
        requireEveryByte(tokens);
        if (!RankedTokens.model(tokens).merges().equals(model.merges())) {
            throw new IllegalArgumentException(
                    "the merges are not in the order of the ids, so that ranks would give other ids; write tokenizer.json");
        }
        StringBuilder lines = new StringBuilder();
        for (int rank = 0; rank < tokens.length; rank++) {
            if (tokens[rank] != null) {
                lines.append(Base64.getEncoder().encodeToString(tokens[rank]))
                        .append(' ')
                        .append(rank)
                        .append('\n');
            }
        }
        return lines.toString().getBytes(StandardCharsets.US_ASCII);
    }
}
