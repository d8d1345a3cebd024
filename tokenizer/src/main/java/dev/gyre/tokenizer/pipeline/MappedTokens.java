package dev.gyre.tokenizer.pipeline;

import dev.gyre.tokenizer.text.ByteLevel;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The tokens of a vocabulary that is a map.
final class MappedTokens implements Model.Tokens {
    private final Map<String, Integer> ids;
    private final @Nullable String[] tokens;

    MappedTokens(Map<String, Integer> ids) {
        this.ids = ids;
        tokens = Model.byId(ids);
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
        return ids.getOrDefault(token, -1);
    }
}
