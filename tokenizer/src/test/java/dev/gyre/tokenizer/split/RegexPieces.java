package dev.gyre.tokenizer.split;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// The pieces of a text as Java's own regular expressions cut it.
public final class RegexPieces {
    private RegexPieces() {}

    public static List<String> of(SplitPattern pattern, String text) {
        List<String> pieces = new ArrayList<>();
        if (pattern != SplitPattern.SMOLLM) {
            addMatches(pattern.regex(), text, pieces);
            return pieces;
        }
        Matcher between =
                Pattern.compile(
                                "[\\p{N}\\x{11DE0}-\\x{11DE9}\\x{16FF4}-\\x{16FF6}]|[^\\p{N}\\x{11DE0}-\\x{11DE9}\\x{16FF4}-\\x{16FF6}]+")
                        .matcher(text);
        while (between.find()) {
            addMatches(pattern.regex(), between.group(), pieces);
        }
        return pieces;
    }

    private static void addMatches(String regex, String text, List<String> pieces) {
        Matcher matcher =
                Pattern.compile(regex, Pattern.UNICODE_CHARACTER_CLASS | Pattern.UNICODE_CASE)
                        .matcher(text);
        while (matcher.find()) {
            pieces.add(matcher.group());
        }
        assertThat(String.join("", pieces)).endsWith(text);
    }
}
