package dev.gyre.tokenizer.pipeline;

import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Finds added tokens in UTF-8 text: the leftmost first, of those that begin at one place the
/// longest.
public final class AddedTokenTrie {
    private final Node root = new Node();
    private final boolean[] firstBytes = new boolean[256];

    public AddedTokenTrie(Collection<AddedToken> tokens) {
        for (AddedToken token : tokens) {
            byte[] bytes = token.content().getBytes(StandardCharsets.UTF_8);
            firstBytes[bytes[0] & 0xFF] = true;
            Node node = root;
            for (byte value : bytes) {
                node = node.children.computeIfAbsent(value, _ -> new Node());
            }
            node.id = token.id();
            node.length = bytes.length;
        }
    }

    public boolean isEmpty() {
        return root.children.isEmpty();
    }

    /// The first place from `start` on where an added token begins; `end` if there is none.
    public int find(byte[] text, int start, int end) {
        for (int i = start; i < end; i++) {
            if (firstBytes[text[i] & 0xFF] && longestAt(text, i, end) != null) {
                return i;
            }
        }
        return end;
    }

    /// Id of the longest added token at a place that [#find] returned.
    public int idAt(byte[] text, int position, int end) {
        return match(text, position, end).id;
    }

    /// Length in bytes of the longest added token at a place that [#find] returned.
    public int lengthAt(byte[] text, int position, int end) {
        return match(text, position, end).length;
    }

    private Node match(byte[] text, int position, int end) {
        Node match = longestAt(text, position, end);
        if (match == null) {
            throw new IllegalStateException("no added token at byte " + position);
        }
        return match;
    }

    private @Nullable Node longestAt(byte[] text, int position, int end) {
        Node node = root;
        Node longest = null;
        for (int i = position; i < end; i++) {
            node = node.children.get(text[i]);
            if (node == null) {
                break;
            }
            if (node.id >= 0) {
                longest = node;
            }
        }
        return longest;
    }

    private static final class Node {
        final Map<Byte, Node> children = new HashMap<>();
        int id = -1;
        int length;
    }
}
