package dev.gyre.tokenizer.formats;

import dev.gyre.tokenizer.Tokenizer;
import dev.gyre.tokenizer.bpe.BpeModel;
import dev.gyre.tokenizer.bpe.BpeModel.Merge;
import dev.gyre.tokenizer.pipeline.AddedToken;
import dev.gyre.tokenizer.pipeline.PostProcessor;
import dev.gyre.tokenizer.pipeline.TokenizerDefinition;
import dev.gyre.tokenizer.split.SplitPattern;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// The vocabulary inside a GGUF file, as plain values of its `tokenizer.ggml.*` keys.
///
/// @param model `tokenizer.ggml.model`; `gpt2` (byte-level BPE) is supported
/// @param preTokenizer `tokenizer.ggml.pre`: how text is cut into pieces
/// @param tokens `tokenizer.ggml.tokens`, by id
/// @param tokenTypes `tokenizer.ggml.token_type`, by id: 1 normal, 3 control, 4 user defined, 5
///   unused
/// @param merges `tokenizer.ggml.merges`, each two tokens with a space between
/// @param beginsText id that `tokenizer.ggml.add_bos_token` puts before every text; -1 for none
public record GgufVocabulary(
        String model,
        String preTokenizer,
        List<String> tokens,
        List<Integer> tokenTypes,
        List<String> merges,
        int beginsText) {
    private static final int NORMAL = 1;
    private static final int CONTROL = 3;
    private static final int USER_DEFINED = 4;
    private static final int UNUSED = 5;

    /// @throws IllegalArgumentException if the lists do not fit together
    public GgufVocabulary {
        tokens = List.copyOf(tokens);
        tokenTypes = List.copyOf(tokenTypes);
        merges = List.copyOf(merges);
        if (tokens.size() != tokenTypes.size()) {
            throw new IllegalArgumentException(
                    "tokenizer.ggml.tokens has %d entries, tokenizer.ggml.token_type %d; they must be equal"
                            .formatted(tokens.size(), tokenTypes.size()));
        }
        if (beginsText < -1 || beginsText >= tokens.size()) {
            throw new IllegalArgumentException(
                    "tokenizer.ggml.bos_token_id is %d, but there are %d tokens"
                            .formatted(beginsText, tokens.size()));
        }
    }

    /// The tokenizer of this vocabulary. Control tokens become special tokens, user-defined ones
    /// are found in every text. Bytes without a token are left out, as llama.cpp does.
    ///
    /// @throws IllegalArgumentException if the kind of vocabulary is not supported or it is damaged
    public Tokenizer tokenizer() {
        if (!model.equals("gpt2")) {
            throw new IllegalArgumentException(
                    "tokenizer.ggml.model %s is no byte-level vocabulary; gpt2 is, llama and t5 are read as GgufPieces"
                            .formatted(model));
        }
        SplitPattern pattern = pattern();
        List<AddedToken> added = addedTokens();
        BpeModel bpe =
                new BpeModel(
                        vocabulary(added),
                        readMerges(),
                        null,
                        pattern == SplitPattern.CL100K
                                ? BpeModel.Options.WHOLE_PIECES
                                : BpeModel.Options.PLAIN);
        return new Tokenizer(
                TokenizerDefinition.byteLevel(
                        pattern == SplitPattern.QWEN2,
                        pattern,
                        bpe,
                        added,
                        beginsText < 0 ? PostProcessor.NONE : begins(added)));
    }

    private PostProcessor begins(List<AddedToken> added) {
        AddedToken begin =
                added.stream()
                        .filter(token -> token.id() == beginsText)
                        .findFirst()
                        .orElseThrow(
                                () ->
                                        new IllegalArgumentException(
                                                "tokenizer.ggml.bos_token_id is %d, which is no control token"
                                                        .formatted(beginsText)));
        return PostProcessor.around(List.of(begin), List.of());
    }

    private SplitPattern pattern() {
        return switch (preTokenizer) {
            case "gpt-2" -> SplitPattern.GPT2;
            case "smollm" -> SplitPattern.SMOLLM;
            case "llama-bpe", "llama3", "llama-v3" -> SplitPattern.CL100K;
            case "qwen2" -> SplitPattern.QWEN2;
            case "gpt-4o" -> SplitPattern.O200K;
            default ->
                    throw new IllegalArgumentException(
                            "tokenizer.ggml.pre %s is not supported; gpt-2, smollm, llama-bpe, qwen2 and gpt-4o are"
                                    .formatted(preTokenizer));
        };
    }

    private List<AddedToken> addedTokens() {
        List<AddedToken> added = new ArrayList<>();
        for (int id = 0; id < tokens.size(); id++) {
            switch (tokenTypes.get(id)) {
                case NORMAL, UNUSED -> {}
                case CONTROL -> added.add(new AddedToken(id, tokens.get(id), true, false));
                case USER_DEFINED -> added.add(new AddedToken(id, tokens.get(id), false, false));
                default ->
                        throw new IllegalArgumentException(
                                "tokenizer.ggml.token_type %d of token %d is not supported"
                                        .formatted(tokenTypes.get(id), id));
            }
        }
        return added;
    }

    /// All tokens but the added ones at the very end: tokenizers gives those the next free ids
    /// itself.
    private Map<String, Integer> vocabulary(List<AddedToken> added) {
        Set<Integer> addedIds = new HashSet<>();
        added.forEach(token -> addedIds.add(token.id()));
        int size = tokens.size();
        while (size > 0 && addedIds.contains(size - 1)) {
            size--;
        }
        Map<String, Integer> vocabulary = new HashMap<>();
        for (int id = 0; id < size; id++) {
            Integer other = vocabulary.put(tokens.get(id), id);
            if (other != null) {
                throw new IllegalArgumentException(
                        "tokenizer.ggml.tokens has \"%s\" twice, as %d and %d"
                                .formatted(tokens.get(id), other, id));
            }
        }
        return vocabulary;
    }

    private List<Merge> readMerges() {
        List<Merge> read = new ArrayList<>(merges.size());
        for (int rank = 0; rank < merges.size(); rank++) {
            String merge = merges.get(rank);
            int space = merge.indexOf(' ');
            if (space <= 0 || space == merge.length() - 1) {
                throw new IllegalArgumentException(
                        "tokenizer.ggml.merges[%d] is \"%s\"; it must be two tokens with a space between"
                                .formatted(rank, merge));
            }
            read.add(new Merge(merge.substring(0, space), merge.substring(space + 1)));
        }
        return read;
    }
}
