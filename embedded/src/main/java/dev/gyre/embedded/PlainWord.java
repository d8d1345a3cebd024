package dev.gyre.embedded;

import java.util.regex.Pattern;

/// Names and passwords that need no quoting in any configuration file.
final class PlainWord {
    private static final Pattern PLAIN = Pattern.compile("[A-Za-z0-9_-]{1,128}");

    private PlainWord() {}

    static void check(String what, String value) {
        if (!PLAIN.matcher(value).matches()) {
            throw new IllegalArgumentException(
                    what + " has to be 1 to 128 letters, digits, '-' or '_'");
        }
    }
}
