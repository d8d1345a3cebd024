package dev.gyre.tokenization.corpus.text;

import java.util.Locale;
import java.util.Set;

/// E-mail addresses, found from their at sign outwards: a local part of at most 64 characters and a
/// domain of at most 253 (RFC 5321, section 4.5.3.1) with a top level of letters. Letters of every
/// script count (RFC 6531).
final class Emails {
    private static final int MAX_LOCAL = 64;
    private static final int MAX_DOMAIN = 253;

    /// Names of files such as `icon@2x.png` are no addresses.
    private static final Set<String> FILE_ENDINGS =
            Set.of("png", "jpg", "jpeg", "gif", "svg", "webp", "bmp", "ico", "js", "css", "html");

    private Emails() {}

    /// Where the local part begins, or the at sign's place if there is none.
    static int start(String text, int at, int from) {
        int start = at;
        while (start > from && isLocal(text.charAt(start - 1))) {
            if (at - start == MAX_LOCAL) {
                return at;
            }
            start--;
        }
        // quotes, brackets and slashes before an address do not belong to it
        while (start < at
                && !Character.isLetterOrDigit(text.charAt(start))
                && text.charAt(start) != '_') {
            start++;
        }
        return start < at && text.charAt(at - 1) != '.' ? start : at;
    }

    private static boolean isLocal(char unit) {
        return unit < 0x80
                ? Scripts.ASCII_WORD[unit] || "!#$%&'*+/=?^_`{|}~.-".indexOf(unit) >= 0
                : Character.isLetterOrDigit(unit);
    }

    /// Where the domain ends, or -1.
    static int end(String text, int at) {
        int limit = Math.min(text.length(), at + 1 + MAX_DOMAIN);
        int end = -1;
        int label = at + 1;
        int i = label;
        boolean dotted = false;
        for (; i < limit; i++) {
            char unit = text.charAt(i);
            if (unit == '.' || unit == '-') {
                if (i == label) {
                    break;
                }
                if (unit == '.') {
                    end = dotted && isTopLevel(text, label, i) ? i : end;
                    dotted = true;
                    label = i + 1;
                }
            } else if (!(unit < 0x80
                    ? Scripts.ASCII_WORD[unit]
                    : Character.isLetterOrDigit(unit))) {
                break;
            }
        }
        if (i < text.length() && (i == limit || text.charAt(i) == '@')) {
            return -1;
        }
        int last = i;
        while (last > label && text.charAt(last - 1) == '-') {
            last--;
        }
        return dotted && isTopLevel(text, label, last) ? last : end;
    }

    private static boolean isTopLevel(String text, int start, int end) {
        if (end - start < 2) {
            return false;
        }
        String name = text.substring(start, end).toLowerCase(Locale.ROOT);
        return name.startsWith("xn--")
                || name.chars().allMatch(Character::isLetter) && !FILE_ENDINGS.contains(name);
    }
}
