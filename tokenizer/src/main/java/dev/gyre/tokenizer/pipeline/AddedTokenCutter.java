package dev.gyre.tokenizer.pipeline;

import dev.gyre.tokenizer.text.CharacterClasses;
import dev.gyre.tokenizer.text.CharacterSet;
import dev.gyre.tokenizer.text.Utf8;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// Cuts UTF-8 text at added tokens: the leftmost first, of those that begin at one place the
/// longest.
public final class AddedTokenCutter {
    private final List<AddedToken> tokens;
    private final Node root = new Node();
    private final boolean[] firstBytes = new boolean[256];

    /// @param tokens what is looked for
    /// @param contents the text of each as it stands in the text that is cut, not empty
    public AddedTokenCutter(List<AddedToken> tokens, List<String> contents) {
        this.tokens = List.copyOf(tokens);
        for (int i = 0; i < tokens.size(); i++) {
            byte[] bytes = contents.get(i).getBytes(StandardCharsets.UTF_8);
            firstBytes[bytes[0] & 0xFF] = true;
            Node node = root;
            for (byte value : bytes) {
                node = node.children.computeIfAbsent(value, _ -> new Node());
            }
            if (node.token == null) {
                node.token = tokens.get(i);
                node.length = bytes.length;
            }
        }
    }

    /// Takes stretches of text without added tokens, some of them empty.
    public interface Plain {
        void accept(int start, int end);
    }

    /// Takes added tokens that were found.
    public interface Found {
        void accept(AddedToken token, int start, int end);
    }

    /// Cuts a stretch of text. A token that is not wanted stays part of the text.
    ///
    /// @param looksInside whether other tokens are looked for inside one that is not wanted
    public void cut(
            byte[] text,
            int start,
            int end,
            Predicate<AddedToken> wanted,
            boolean looksInside,
            Plain plain,
            Found found) {
        // Most texts are cut at no token: asking for each is quicker than reading a text that is
        // longer.
        if (end - start > tokens.size() && tokens.stream().noneMatch(wanted)) {
            plain.accept(start, end);
            return;
        }
        int plainStart = start;
        int position = start;
        while (position < end) {
            Node node = firstBytes[text[position] & 0xFF] ? longestAt(text, position, end) : null;
            if (node == null) {
                position++;
                continue;
            }
            int tokenEnd = position + node.length;
            AddedToken token = node.token;
            if (token != null
                    && wanted.test(token)
                    && fits(token, text, start, position, tokenEnd, end)) {
                int tokenStart = position;
                while (token.stripsLeft()
                        && tokenStart > plainStart
                        && spaceEndsAt(text, tokenStart)) {
                    tokenStart = Utf8.before(text, tokenStart);
                }
                while (token.stripsRight() && tokenEnd < end && spaceAt(text, tokenEnd)) {
                    tokenEnd += Utf8.size(text[tokenEnd]);
                }
                plain.accept(plainStart, tokenStart);
                found.accept(token, tokenStart, tokenEnd);
                plainStart = tokenEnd;
            } else if (looksInside) {
                tokenEnd = position + 1;
            }
            position = tokenEnd;
        }
        plain.accept(plainStart, end);
    }

    private static boolean fits(
            AddedToken token, byte[] text, int start, int tokenStart, int tokenEnd, int end) {
        if (!token.singleWord()) {
            return true;
        }
        boolean wordBefore =
                tokenStart > start
                        && CharacterSet.WORD.contains(
                                Utf8.codePointAt(text, Utf8.before(text, tokenStart)));
        boolean wordBehind =
                tokenEnd < end && CharacterSet.WORD.contains(Utf8.codePointAt(text, tokenEnd));
        return !wordBefore && !wordBehind;
    }

    private static boolean spaceEndsAt(byte[] text, int end) {
        return spaceAt(text, Utf8.before(text, end));
    }

    private static boolean spaceAt(byte[] text, int at) {
        return CharacterClasses.isSpace(CharacterClasses.at(text, at) & 0xFF);
    }

    private @Nullable Node longestAt(byte[] text, int position, int end) {
        Node node = root;
        Node longest = null;
        for (int i = position; i < end; i++) {
            node = node.children.get(text[i]);
            if (node == null) {
                break;
            }
            if (node.token != null) {
                longest = node;
            }
        }
        return longest;
    }

    private static final class Node {
        final Map<Byte, Node> children = new HashMap<>();
        @Nullable AddedToken token;
        int length;
    }
}
