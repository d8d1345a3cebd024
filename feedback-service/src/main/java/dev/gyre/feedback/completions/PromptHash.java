package dev.gyre.feedback.completions;

import dev.gyre.artifacts.Sha256;
import java.nio.ByteBuffer;
import java.util.List;

/// Names a prompt by what the model read: two prompts are the same when their token ids are.
public final class PromptHash {
    private PromptHash() {}

    /// SHA-256 over the ids, four bytes each, most significant first.
    ///
    /// @return 64 lower-case hexadecimal digits
    public static String of(List<Integer> promptIds) {
        ByteBuffer bytes = ByteBuffer.allocate(Integer.BYTES * promptIds.size());
        promptIds.forEach(bytes::putInt);
        return Sha256.of(bytes.array());
    }
}
