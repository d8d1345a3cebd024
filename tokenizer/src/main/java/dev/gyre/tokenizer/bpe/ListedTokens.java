package dev.gyre.tokenizer.bpe;

import dev.gyre.tokenizer.pipeline.MappedTokens;
import java.util.List;
import java.util.Map;

/// Tokens and merges as files list them: by their spelling.
final class ListedTokens extends MappedTokens implements BpeTokens {
    private final List<BpeModel.Merge> merges;
    private final MergeTable mergeTable;

    /// @param continuingPrefix what the right token of a merge loses
    /// @throws IllegalArgumentException if ids are doubled or out of range, or a merge needs a
    ///   token that is not there
    ListedTokens(
            Map<String, Integer> vocabulary, List<BpeModel.Merge> merges, String continuingPrefix) {
        super(vocabulary);
        this.merges = List.copyOf(merges);
        mergeTable = new MergeTable(this.merges.size());
        for (BpeModel.Merge merge : this.merges) {
            mergeTable.add(
                    required(merge.left()),
                    required(merge.right()),
                    required(merge.merged(continuingPrefix)));
        }
    }

    private int required(String token) {
        int id = idOf(token);
        if (id < 0) {
            throw new IllegalArgumentException(
                    "merge %d needs the token \"%s\", which is not in the vocabulary"
                            .formatted(mergeTable.size(), token));
        }
        return id;
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
