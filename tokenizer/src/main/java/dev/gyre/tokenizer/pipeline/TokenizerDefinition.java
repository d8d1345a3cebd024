package dev.gyre.tokenizer.pipeline;

import dev.gyre.tokenizer.bpe.BpeModel;
import dev.gyre.tokenizer.bpe.PieceCache;
import dev.gyre.tokenizer.split.SplitPattern;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// All that a tokenizer.json says, checked: what [Tokenizer] is made of and what is written again.
///
/// @param composed whether text is brought into Unicode's composed form (NFC) first
/// @param pattern how text is cut into pieces
/// @param model the vocabulary
/// @param addedTokens by ascending id
/// @param prefix ids that the file puts before a text (`<|begin_of_text|>`), often none
/// @param suffix ids that the file puts after a text
public record TokenizerDefinition(
        boolean composed,
        SplitPattern pattern,
        BpeModel model,
        List<AddedToken> addedTokens,
        List<Integer> prefix,
        List<Integer> suffix) {

    public TokenizerDefinition {
        addedTokens = addedTokens.stream().sorted(Comparator.comparingInt(AddedToken::id)).toList();
        prefix = List.copyOf(prefix);
        suffix = List.copyOf(suffix);
        checkAddedTokens(model, addedTokens);
        Set<Integer> known = new HashSet<>();
        addedTokens.forEach(token -> known.add(token.id()));
        for (List<Integer> frame : List.of(prefix, suffix)) {
            for (int id : frame) {
                if (!known.contains(id)) {
                    throw new IllegalArgumentException(
                            "the post-processor adds the id %d, which no added token has"
                                    .formatted(id));
                }
            }
        }
    }

    private static void checkAddedTokens(BpeModel model, List<AddedToken> addedTokens) {
        Map<Integer, String> tokens = new HashMap<>();
        model.vocabulary().forEach((token, id) -> tokens.put(id, token));
        Set<String> contents = new HashSet<>();
        for (AddedToken token : addedTokens) {
            if (token.id() > PieceCache.MAX_ID) {
                throw new IllegalArgumentException(
                        "added token \"%s\" has the id %d, the limit is %d"
                                .formatted(token.content(), token.id(), PieceCache.MAX_ID));
            }
            if (!contents.add(token.content())) {
                throw new IllegalArgumentException(
                        "added token \"%s\" is listed twice".formatted(token.content()));
            }
            String other = tokens.putIfAbsent(token.id(), token.content());
            Integer inVocabulary = model.vocabulary().get(token.content());
            if (other != null && !other.equals(token.content())) {
                throw new IllegalArgumentException(
                        "added token \"%s\" has the id %d of the token \"%s\""
                                .formatted(token.content(), token.id(), other));
            }
            if (inVocabulary != null && inVocabulary != token.id()) {
                throw new IllegalArgumentException(
                        "added token \"%s\" has the id %d, but %d in the vocabulary"
                                .formatted(token.content(), token.id(), inVocabulary));
            }
        }
        Set<String> special = new HashSet<>();
        addedTokens.stream()
                .filter(AddedToken::special)
                .forEach(token -> special.add(token.content()));
        for (BpeModel.Merge merge : model.merges()) {
            if (special.contains(merge.merged())) {
                throw new IllegalArgumentException(
                        "merges make the special token \"%s\" out of plain text; choose another text for it"
                                .formatted(merge.merged()));
            }
        }
    }
}
