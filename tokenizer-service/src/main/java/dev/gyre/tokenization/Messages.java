package dev.gyre.tokenization;

import com.google.protobuf.ByteString;
import com.google.protobuf.ListValue;
import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import dev.gyre.access.FailureException;
import dev.gyre.proto.tokenizer.v1.ChatTurn;
import dev.gyre.proto.tokenizer.v1.Side;
import dev.gyre.proto.tokenizer.v1.TokenSpan;
import dev.gyre.proto.tokenizer.v1.Tokenizer;
import dev.gyre.proto.tokenizer.v1.TokenizerFormat;
import dev.gyre.tokenizer.Encoding;
import dev.gyre.tokenizer.SpecialTokens;
import dev.gyre.tokenizer.chat.ChatMessage;
import dev.gyre.tokenizer.split.SplitPattern;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// Turns messages of the contract into values and back.
final class Messages {
    private Messages() {}

    static Tokenizer tokenizer(StoredTokenizer.Place place, int vocabularySize) {
        return Tokenizer.newBuilder()
                .setName(place.name())
                .setVersion(place.version())
                .setVocabularySize(vocabularySize)
                .setSha256(place.sha256())
                .build();
    }

    /// @param all whether every special token is allowed
    /// @param some those that are
    /// @throws FailureException when both are given, or one is no special token
    static SpecialTokens specialTokens(StoredTokenizer tokenizer, boolean all, List<String> some) {
        String field = "allowed_special_tokens";
        if (all && !some.isEmpty()) {
            throw FailureException.invalid(
                    field, "allow_special_tokens allows every one; leave one of the two out");
        }
        for (String content : some) {
            if (!tokenizer.tokenizer().specialTokens().containsKey(content)) {
                throw FailureException.invalid(
                        field,
                        "\"%s\" is no special token of %s"
                                .formatted(content, tokenizer.place().reference()));
            }
        }
        return all ? SpecialTokens.AS_CONTROL : SpecialTokens.only(some);
    }

    static List<Integer> boxed(int[] ids) {
        return Arrays.stream(ids).boxed().toList();
    }

    static int[] ids(List<Integer> list) {
        return list.stream().mapToInt(Integer::intValue).toArray();
    }

    static boolean atStart(Side side, String field) {
        return switch (side) {
            case SIDE_START -> true;
            case SIDE_UNSPECIFIED, SIDE_END -> false;
            case UNRECOGNIZED ->
                    throw FailureException.invalid(field, field + " is neither START nor END");
        };
    }

    static TokenizerFiles.Format format(TokenizerFormat format) {
        return switch (format) {
            case TOKENIZER_FORMAT_TOKENIZER_JSON -> TokenizerFiles.Format.TOKENIZER_JSON;
            case TOKENIZER_FORMAT_SENTENCEPIECE -> TokenizerFiles.Format.SENTENCEPIECE;
            case TOKENIZER_FORMAT_TIKTOKEN -> TokenizerFiles.Format.TIKTOKEN;
            case TOKENIZER_FORMAT_VOCAB_AND_MERGES -> TokenizerFiles.Format.VOCAB_AND_MERGES;
            case TOKENIZER_FORMAT_WORDPIECE_VOCAB -> TokenizerFiles.Format.WORDPIECE_VOCAB;
            case TOKENIZER_FORMAT_GGUF -> TokenizerFiles.Format.GGUF;
            case TOKENIZER_FORMAT_UNSPECIFIED, UNRECOGNIZED ->
                    throw FailureException.invalid(
                            "format",
                            "a format is wanted: "
                                    + Arrays.stream(TokenizerFiles.Format.values())
                                            .map(Enum::name)
                                            .collect(Collectors.joining(", ")));
        };
    }

    /// The pattern of a name, in lower case.
    static SplitPattern splitPattern(String name, String field) {
        for (SplitPattern pattern : SplitPattern.values()) {
            if (pattern.name().toLowerCase(Locale.ROOT).equals(name)) {
                return pattern;
            }
        }
        throw FailureException.invalid(
                field,
                "%s \"%s\" is unknown; there are %s"
                        .formatted(
                                field,
                                name,
                                Arrays.stream(SplitPattern.values())
                                        .map(pattern -> pattern.name().toLowerCase(Locale.ROOT))
                                        .collect(Collectors.joining(", "))));
    }

    static List<TokenSpan> spans(dev.gyre.tokenizer.Tokenizer tokenizer, Encoding encoding) {
        int[] ids = encoding.ids();
        int[][] starts = new int[3][];
        int[][] ends = new int[3][];
        for (Encoding.Unit unit : Encoding.Unit.values()) {
            starts[unit.ordinal()] = encoding.starts(unit);
            ends[unit.ordinal()] = encoding.ends(unit);
        }
        int bytes = Encoding.Unit.BYTES.ordinal();
        int utf16 = Encoding.Unit.UTF_16.ordinal();
        int points = Encoding.Unit.CODE_POINTS.ordinal();
        List<TokenSpan> spans = new ArrayList<>(ids.length);
        for (int i = 0; i < ids.length; i++) {
            spans.add(
                    TokenSpan.newBuilder()
                            .setToken(tokenizer.token(ids[i]))
                            .setRaw(ByteString.copyFrom(tokenizer.tokenBytes(ids[i])))
                            .setStartByte(starts[bytes][i])
                            .setEndByte(ends[bytes][i])
                            .setStartUtf16(starts[utf16][i])
                            .setEndUtf16(ends[utf16][i])
                            .setStartCodePoint(starts[points][i])
                            .setEndCodePoint(ends[points][i])
                            .build());
        }
        return spans;
    }

    // NullAway does not see the annotation on a record's component in another module
    @SuppressWarnings("NullAway")
    static ChatMessage chatMessage(ChatTurn turn) {
        return new ChatMessage(turn.getRole(), turn.getContent(), map(turn.getMore()));
    }

    static Map<String, @Nullable Object> map(Struct struct) {
        Map<String, @Nullable Object> map = new LinkedHashMap<>();
        struct.getFieldsMap().forEach((name, value) -> map.put(name, plain(value)));
        return map;
    }

    static List<@Nullable Object> list(ListValue values) {
        List<@Nullable Object> list = new ArrayList<>();
        values.getValuesList().forEach(value -> list.add(plain(value)));
        return list;
    }

    /// Whole numbers as such: templates print `3`, not `3.0`.
    private static @Nullable Object plain(Value value) {
        return switch (value.getKindCase()) {
            case NULL_VALUE, KIND_NOT_SET -> null;
            case BOOL_VALUE -> value.getBoolValue();
            case STRING_VALUE -> value.getStringValue();
            case STRUCT_VALUE -> map(value.getStructValue());
            case LIST_VALUE -> list(value.getListValue());
            case NUMBER_VALUE -> {
                double number = value.getNumberValue();
                yield number == Math.rint(number) && Math.abs(number) < 1e15
                        ? (Object) (long) number
                        : (Object) number;
            }
        };
    }
}
