package dev.gyre.tokenizer.bpe;

import static java.util.Objects.requireNonNull;

import dev.gyre.tokenizer.text.ByteLevel;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// A byte-level vocabulary that is only a list of tokens, as tiktoken has it: of all pairs that
/// stand side by side the one whose bytes are the token of the lowest id is merged first, and a
/// piece that is a token needs no merging.
///
/// Where the tokens were learnt by merging, each is made by just one pair; finding that pair for
/// all of them gives an ordinary list of merges. Such a vocabulary is kept as bytes and numbers, so
/// that it is there quickly; its spelled form is made when it is asked for.
public final class RankedTokens implements BpeTokens {
    private final byte[] @Nullable [] tokens;
    private final TokenTable table;
    private final MergeTable merges;
    private final MergeTree tree;
    private volatile @Nullable Map<String, Integer> vocabulary;
    private volatile @Nullable List<BpeModel.Merge> listedMerges;

    private RankedTokens(byte[] @Nullable [] tokens) {
        this.tokens = tokens;
        table = new TokenTable(tokens);
        merges = new MergeTable(tokens.length);
        tree = new MergeTree(merges, tokens.length);
    }

    /// The model of a vocabulary.
    ///
    /// @param tokens bytes of each token by id, not empty; `null` where an id has none. The arrays
    ///   are kept: they must not be changed
    /// @throws IllegalArgumentException if two tokens are the same
    public static BpeModel model(byte[] @Nullable [] tokens) {
        RankedTokens ranked = new RankedTokens(tokens);
        if (!ranked.learn()) {
            return ranked.listed();
        }
        ranked.tree.seal(ranked.table);
        return new BpeModel(ranked);
    }

    /// Finds the pair that makes each token; `false` if some token has none, or no single byte.
    private boolean learn() {
        for (int value = 0; value < 256; value++) {
            if (table.placeOf((byte) value) < 0) {
                return false;
            }
        }
        // Two loops, so that the misses of the look-ups, which do not wait for each other, overlap.
        int[] cuts = new int[tokens.length];
        int[] lefts = new int[tokens.length];
        int[] rights = new int[tokens.length];
        for (int id = 0; id < tokens.length; id++) {
            byte[] token = tokens[id];
            if (token != null && token.length > 1) {
                long left = table.longestOf(token, token.length - 1);
                cuts[id] = (int) (left >>> 32);
                lefts[id] = table.id((int) left);
                rights[id] = idOf(token, cuts[id]);
            }
        }
        for (int id = 0; id < tokens.length; id++) {
            byte[] token = tokens[id];
            if (token != null
                    && token.length > 1
                    && !learn(id, lefts[id], rights[id])
                    && !learn(id, token, cuts[id] - 1)) {
                return false;
            }
        }
        return true;
    }

    /// The token that the bytes from a place on are; negative if there is none.
    private int idOf(byte[] token, int start) {
        int place = table.placeOf(token, start);
        return place < 0 ? place : table.id(place);
    }

    private boolean learn(int id, int left, int right) {
        return left < id && right < id && right >= 0 && tree.add(left, right, id);
    }

    /// Tries the cuts of a token into two others, the longest left part first.
    private boolean learn(int id, byte[] token, int most) {
        for (int limit = most; limit > 0; ) {
            long left = table.longestOf(token, limit);
            int cut = (int) (left >>> 32);
            if (learn(id, table.id((int) left), idOf(token, cut))) {
                return true;
            }
            limit = cut - 1;
        }
        return false;
    }

    /// The same vocabulary with every pair that makes a token: what the definition says, for tokens
    /// that were not learnt.
    private BpeModel listed() {
        List<BpeModel.Merge> pairs = new ArrayList<>(tokens.length * 2);
        for (int id = 0; id < tokens.length; id++) {
            byte[] token = tokens[id];
            if (token != null) {
                addPairs(token, pairs);
            }
        }
        return new BpeModel(vocabulary(), pairs, null, BpeModel.Options.WHOLE_PIECES);
    }

    private void addPairs(byte[] token, List<BpeModel.Merge> pairs) {
        for (int limit = token.length - 1; limit > 0; ) {
            long left = table.longestOf(token, limit);
            if (left == TokenTable.NONE) {
                return;
            }
            int cut = (int) (left >>> 32);
            if (table.placeOf(token, cut) >= 0) {
                byte[] right = Arrays.copyOfRange(token, cut, token.length);
                pairs.add(
                        new BpeModel.Merge(
                                ByteLevel.spell(Arrays.copyOf(token, cut)),
                                ByteLevel.spell(right)));
            }
            limit = cut - 1;
        }
    }

    TokenTable table() {
        return table;
    }

    MergeTree tree() {
        return tree;
    }

    @Override
    public int size() {
        return tokens.length;
    }

    @Override
    public @Nullable String spelled(int id) {
        byte[] token = tokens[id];
        return token == null ? null : ByteLevel.spell(token);
    }

    @Override
    public byte @Nullable [] bytes(int id) {
        return tokens[id];
    }

    @Override
    public int idOf(String token) {
        byte[] bytes = ByteLevel.bytes(token);
        boolean spells = ByteLevel.spell(bytes).equals(token);
        return spells && bytes.length > 0 ? idOf(bytes, 0) : -1;
    }

    @Override
    public Map<String, Integer> vocabulary() {
        Map<String, Integer> known = vocabulary;
        if (known == null) {
            Map<String, Integer> ids = HashMap.newHashMap(tokens.length);
            for (int id = 0; id < tokens.length; id++) {
                String token = spelled(id);
                if (token != null) {
                    ids.put(token, id);
                }
            }
            known = Collections.unmodifiableMap(ids);
            vocabulary = known;
        }
        return known;
    }

    @Override
    public List<BpeModel.Merge> merges() {
        List<BpeModel.Merge> known = listedMerges;
        if (known == null) {
            List<BpeModel.Merge> list = new ArrayList<>(merges.size());
            for (int rank = 0; rank < merges.size(); rank++) {
                list.add(
                        new BpeModel.Merge(
                                requireNonNull(spelled(merges.left(rank))),
                                requireNonNull(spelled(merges.right(rank)))));
            }
            known = Collections.unmodifiableList(list);
            listedMerges = known;
        }
        return known;
    }

    @Override
    public MergeTable mergeTable() {
        return merges;
    }
}
