package dev.gyre.tokenizer.pipeline;

import java.util.List;
import java.util.Set;

/// How tokens become text again: steps that each take the tokens of the one before. Each kind does
/// what the type of the same name in tokenizer.json does.
///
/// @param steps in order; none: the tokens are joined with blanks
public record Decoder(List<Step> steps) {
    /// Byte-level vocabularies: tokens spell bytes.
    public static final Decoder BYTE_LEVEL = new Decoder(List.of(new ByteLevel()));

    public Decoder {
        steps = List.copyOf(steps);
        if (steps.contains(new ByteLevel())
                && !steps.stream().allMatch(ByteLevel.class::isInstance)) {
            throw new IllegalArgumentException(
                    "decoder ByteLevel together with others is not supported: " + steps);
        }
        boolean fused = false;
        for (Step step : steps) {
            boolean perToken = !(step instanceof Strip || step instanceof Fuse);
            if (fused && perToken) {
                throw new IllegalArgumentException(
                        "decoder %s after Fuse is not supported".formatted(step));
            }
            fused |= step instanceof Fuse;
        }
    }

    /// Whether tokens spell bytes.
    public boolean isByteLevel() {
        return steps.contains(new ByteLevel());
    }

    /// The byte that a token alone stands for; -1 if it stands for text.
    public int byteOf(String token) {
        boolean bytes =
                steps.stream()
                        .anyMatch(
                                step ->
                                        step instanceof ByteFallback
                                                || step instanceof SentencePiece pieces
                                                        && pieces.bytes());
        return bytes && token.matches("<0x[0-9A-Fa-f]{2}>")
                ? Integer.parseInt(token.substring(3, 5), 16)
                : -1;
    }

    /// The text that a token stands for in the middle of a text.
    public String textOf(String token) {
        String text = token;
        for (Step step : steps) {
            text =
                    switch (step) {
                        case Metaspace(int replacement, var _) ->
                                text.replace(Character.toString(replacement), " ");
                        case Replace(String pattern, String content) ->
                                text.replace(pattern, content);
                        case WordPiece(String prefix, boolean _) ->
                                text.startsWith(prefix)
                                        ? text.substring(prefix.length())
                                        : " " + text;
                        case WordSuffix(String suffix) -> text.replace(suffix, " ");
                        case SentencePiece _ -> text.replace('\u2581', ' ');
                        case ByteLevel _, ByteFallback _, Fuse _, Strip _ -> text;
                    };
        }
        return text;
    }

    /// One step.
    public sealed interface Step {}

    /// Tokens spell bytes.
    public record ByteLevel() implements Step {}

    /// Tokens begin a word unless they begin with a prefix.
    ///
    /// @param cleanup whether blanks before punctuation and English contractions are taken out
    public record WordPiece(String prefix, boolean cleanup) implements Step {}

    /// A visible character stands for a blank; in the first token it is dropped.
    public record Metaspace(int replacement, PreTokenizer.Metaspace.Prefix prefix)
            implements Step {}

    /// A suffix ends a word.
    public record WordSuffix(String suffix) implements Step {}

    /// Tokens `<0x00>` to `<0xFF>` are bytes; a run of them that is no valid UTF-8 becomes as many
    /// U+FFFD.
    public record ByteFallback() implements Step {}

    /// All tokens become one.
    public record Fuse() implements Step {}

    /// A character taken off the ends of each token.
    ///
    /// @param start times at most at the beginning
    /// @param stop times at most at the end
    public record Strip(int character, int start, int stop) implements Step {}

    /// A string replaced in each token.
    public record Replace(String pattern, String content) implements Step {}

    /// SentencePiece's own decoding, one step that does all: control pieces are nothing, bytes make
    /// characters, visible blanks become blanks.
    ///
    /// @param control pieces that are nothing
    /// @param unknown the unknown piece
    /// @param unknownSurface what it becomes
    /// @param bytes whether pieces `<0x00>` to `<0xFF>` are bytes
    /// @param dropsFirst whether one blank at the beginning is dropped
    /// @param dropsAll whether all blanks at the beginning are
    public record SentencePiece(
            Set<String> control,
            String unknown,
            String unknownSurface,
            boolean bytes,
            boolean dropsFirst,
            boolean dropsAll)
            implements Step {
        public SentencePiece {
            control = Set.copyOf(control);
        }
    }
}
