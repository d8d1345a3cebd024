package dev.gyre.tokenizer.pipeline;

import dev.gyre.tokenizer.split.SplitPattern;
import dev.gyre.tokenizer.text.NormalForm;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// All that a tokenizer file says, checked: what a tokenizer is made of and what is written again.
///
/// @param normalizer how text is changed first
/// @param preTokenizer how it is cut into pieces
/// @param model the vocabulary
/// @param addedTokens by ascending id
/// @param postProcessor what is put around the ids
/// @param decoder how ids become text again
/// @param truncation where batches are cut off, if the file says so
/// @param padding how batches are filled up, if the file says so
public record TokenizerDefinition(
        Normalizer normalizer,
        PreTokenizer preTokenizer,
        Model model,
        List<AddedToken> addedTokens,
        PostProcessor postProcessor,
        Decoder decoder,
        @Nullable Truncation truncation,
        @Nullable Padding padding) {
    /// A tokenizer that neither cuts batches off nor fills them up.
    public TokenizerDefinition(
            Normalizer normalizer,
            PreTokenizer preTokenizer,
            Model model,
            List<AddedToken> addedTokens,
            PostProcessor postProcessor,
            Decoder decoder) {
        this(normalizer, preTokenizer, model, addedTokens, postProcessor, decoder, null, null);
    }

    /// @throws IllegalArgumentException if the parts do not fit together
    public TokenizerDefinition {
        addedTokens = addedTokens.stream().sorted(Comparator.comparingInt(AddedToken::id)).toList();
        Model.Tokens tokens = model.tokensById();
        Map<Integer, String> added = checkAddedTokens(tokens, addedTokens);
        for (PostProcessor.Special special : postProcessor.specials()) {
            for (int id : special.ids()) {
                if (!added.containsKey(id) && spelled(tokens, id) == null) {
                    throw new IllegalArgumentException(
                            "the post-processor adds the id %d (\"%s\"), which no token has"
                                    .formatted(id, special.name()));
                }
            }
        }
    }

    private static Map<Integer, String> checkAddedTokens(
            Model.Tokens tokens, List<AddedToken> addedTokens) {
        Map<Integer, String> added = new HashMap<>();
        Set<String> contents = new HashSet<>();
        for (AddedToken token : addedTokens) {
            if (token.id() > Model.MAX_ID) {
                throw new IllegalArgumentException(
                        "added token \"%s\" has the id %d, the limit is %d"
                                .formatted(token.content(), token.id(), Model.MAX_ID));
            }
            if (!contents.add(token.content())) {
                throw new IllegalArgumentException(
                        "added token \"%s\" is listed twice".formatted(token.content()));
            }
            String inVocabulary = spelled(tokens, token.id());
            String other =
                    inVocabulary != null
                            ? inVocabulary
                            : added.putIfAbsent(token.id(), token.content());
            if (other != null && !other.equals(token.content())) {
                throw new IllegalArgumentException(
                        "added token \"%s\" has the id %d of the token \"%s\""
                                .formatted(token.content(), token.id(), other));
            }
            int known = tokens.idOf(token.content());
            if (known >= 0 && known != token.id()) {
                throw new IllegalArgumentException(
                        "added token \"%s\" has the id %d, but %d in the vocabulary"
                                .formatted(token.content(), token.id(), known));
            }
        }
        return added;
    }

    private static @Nullable String spelled(Model.Tokens tokens, int id) {
        return id >= 0 && id < tokens.size() ? tokens.spelled(id) : null;
    }

    /// Whether the vocabulary spells bytes.
    public boolean isByteLevel() {
        return switch (preTokenizer) {
            case PreTokenizer.ByteLevel _ -> true;
            case PreTokenizer.Sequence(List<PreTokenizer> steps) ->
                    steps.stream().anyMatch(PreTokenizer.ByteLevel.class::isInstance);
            default -> false;
        };
    }

    /// A byte-level vocabulary with one of the known patterns.
    ///
    /// @param composed whether text is brought into the normal form NFC first
    /// @param around what is put around a text
    public static TokenizerDefinition byteLevel(
            boolean composed,
            SplitPattern pattern,
            Model model,
            List<AddedToken> addedTokens,
            PostProcessor around) {
        return new TokenizerDefinition(
                composed ? new Normalizer.Unicode(NormalForm.NFC) : Normalizer.NONE,
                preTokenizer(pattern),
                model,
                addedTokens,
                around.trimming(false),
                Decoder.BYTE_LEVEL);
    }

    private static PreTokenizer preTokenizer(SplitPattern pattern) {
        return switch (pattern) {
            case GPT2 -> new PreTokenizer.ByteLevel(false, true, true);
            case SMOLLM ->
                    new PreTokenizer.Sequence(
                            List.of(
                                    new PreTokenizer.Digits(true),
                                    new PreTokenizer.ByteLevel(false, true, true)));
            case CL100K, CL100K_BASE, QWEN2, O200K ->
                    new PreTokenizer.Sequence(
                            List.of(
                                    new PreTokenizer.Pattern(pattern, Delimiter.ISOLATED, false),
                                    new PreTokenizer.ByteLevel(false, false, true)));
        };
    }
}
