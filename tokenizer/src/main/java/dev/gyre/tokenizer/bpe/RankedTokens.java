package dev.gyre.tokenizer.bpe;

import dev.gyre.tokenizer.text.ByteLevel;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// A byte-level vocabulary that is only a list of tokens, as tiktoken has it: of all pairs that
/// stand side by side the one whose bytes are the token of the lowest id is merged first, and a
/// piece that is a token needs no merging.
///
/// Where the tokens were learnt by merging, each is made by just one pair; finding that pair for
/// all of them gives an ordinary list of merges.
public final class RankedTokens {
    private static final int PADDING = 16;

    private final byte[][] tokens;
    private final TokenTable table;

    private RankedTokens(byte[][] tokens) {
        this.tokens = tokens;
        table = new TokenTable(tokens);
    }

    /// The model of a vocabulary.
    ///
    /// @param tokens bytes of each token by id; `null` where an id has none
    public static BpeModel model(byte[][] tokens) {
        RankedTokens ranked = new RankedTokens(tokens);
        String[] spelled = new String[tokens.length];
        Map<String, Integer> vocabulary = HashMap.newHashMap(tokens.length);
        for (int id = 0; id < tokens.length; id++) {
            if (tokens[id] != null) {
                spelled[id] = ByteLevel.spell(tokens[id]);
                vocabulary.put(spelled[id], id);
            }
        }
        List<BpeModel.Merge> merges = new ArrayList<>(tokens.length);
        for (int[] pair : ranked.merges()) {
            merges.add(new BpeModel.Merge(spelled[pair[0]], spelled[pair[1]]));
        }
        return new BpeModel(vocabulary, merges, null, BpeModel.Options.WHOLE_PIECES);
    }

    private List<int[]> merges() {
        List<int[]> merges = new ArrayList<>(tokens.length);
        MergeTable known = new MergeTable(tokens.length);
        MergeTree tree = new MergeTree(known, tokens.length);
        for (int id = 0; id < tokens.length; id++) {
            if (tokens[id] == null || tokens[id].length < 2) {
                continue;
            }
            List<int[]> pairs = pairs(id);
            int[] own = null;
            for (int[] pair : pairs) {
                if (pair[0] < id && pair[1] < id && tree.add(pair[0], pair[1], id)) {
                    own = pair;
                    break;
                }
            }
            if (own != null) {
                merges.add(own);
            } else if (!pairs.isEmpty()) {
                return allPairs();
            }
        }
        return merges;
    }

    /// Every pair that makes a token: what the definition says, for tokens that were not learnt.
    private List<int[]> allPairs() {
        List<int[]> merges = new ArrayList<>(tokens.length * 2);
        for (int id = 0; id < tokens.length; id++) {
            if (tokens[id] != null) {
                merges.addAll(pairs(id));
            }
        }
        return merges;
    }

    /// The pairs of tokens that a token can be cut into, the longest left part first.
    private List<int[]> pairs(int id) {
        int length = tokens[id].length;
        byte[] padded = Arrays.copyOf(tokens[id], length + PADDING);
        List<int[]> pairs = new ArrayList<>(2);
        for (int limit = length - 1; limit > 0; ) {
            long left = table.longest(padded, 0, limit);
            if (left == TokenTable.NONE) {
                break;
            }
            int cut = (int) (left >>> 32);
            int right = table.idOf(padded, cut, length);
            if (right >= 0) {
                pairs.add(new int[] {(int) left, right});
            }
            limit = cut - 1;
        }
        return pairs;
    }
}
