package dev.gyre.tokenizer.bpe;

import dev.gyre.tokenizer.pipeline.Model;
import dev.gyre.tokenizer.text.ByteLevel;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Tokens and merges as files list them: by their spelling.
final class ListedTokens implements BpeTokens {
    private final Map<String, Integer> vocabulary;
    private final List<BpeModel.Merge> merges;
    private final @Nullable String[] tokens;
    private final MergeTable mergeTable;

    /// @param continuingPrefix what the right token of a merge loses
    /// @throws IllegalArgumentException if ids are doubled or out of range, or a merge needs a
    ///   token that is not there
    ListedTokens(
            Map<String, Integer> vocabulary, List<BpeModel.Merge> merges, String continuingPrefix) {
        this.vocabulary = Map.copyOf(vocabulary);
        this.merges = List.copyOf(merges);
        tokens = Model.byId(this.vocabulary);
        mergeTable = new MergeTable(this.merges.size());
        for (BpeModel.Merge merge : this.merges) {
            mergeTable.add(
                    required(merge.left()),
                    required(merge.right()),
                    required(merge.merged(continuingPrefix)));
        }
    }

    private int required(String token) {
        Integer id = vocabulary.get(token);
        if (id == null) {
            throw new IllegalArgumentException(
                    "merge %d needs the token \"%s\", which is not in the vocabulary"
                            .formatted(mergeTable.size(), token));
        }
        return id;
    }

    @Override
    public int size() {
        return tokens.length;
    }

    @Override
    public @Nullable String spelled(int id) {
        return tokens[id];
    }

    @Override
    public byte @Nullable [] bytes(int id) {
        String token = tokens[id];
        return token == null ? null : ByteLevel.bytes(token);
    }

    @Override
    public int idOf(String token) {
        return vocabulary.getOrDefault(token, -1);
    }

    @Override
    public Map<String, Integer> vocabulary() {
        return vocabulary;
    }

    @Override
    public List<BpeModel.Merge> merges() {
        return merges;
    }

    @Override
    public MergeTable mergeTable() {
        return mergeTable;
    }
}
