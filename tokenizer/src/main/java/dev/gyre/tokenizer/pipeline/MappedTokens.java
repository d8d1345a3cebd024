package dev.gyre.tokenizer.pipeline;

import dev.gyre.tokenizer.text.ByteLevel;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The tokens of a vocabulary that is a map.
public class MappedTokens implements Model.Tokens {
    private final Map<String, Integer> ids;
    private final @Nullable String[] tokens;

    /// @throws IllegalArgumentException if ids are doubled or out of range
    public MappedTokens(Map<String, Integer> ids) {
        this.ids = Map.copyOf(ids);
        tokens = Model.byId(ids);
    }

    /// Id of each token by its spelling; never changes.
    public final Map<String, Integer> vocabulary() {
        return ids;
    }

    @Override
    public final int size() {
        return tokens.length;
    }

    @Override
    public final @Nullable String spelled(int id) {
        return tokens[id];
    }

    @Override
    public final byte @Nullable [] bytes(int id) {
        String token = tokens[id];
        return token == null ? null : ByteLevel.bytes(token);
    }

    @Override
    public final int idOf(String token) {
        return ids.getOrDefault(token, -1);
    }
}
