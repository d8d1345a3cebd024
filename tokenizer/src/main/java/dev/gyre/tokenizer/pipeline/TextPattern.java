package dev.gyre.tokenizer.pipeline;

import dev.gyre.tokenizer.split.RegexProgram;
import dev.gyre.tokenizer.text.CharacterClasses;
import dev.gyre.tokenizer.text.Utf8;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/// What `Replace` and `Split` look for.
public sealed interface TextPattern {
    /// The next place where the pattern matches; -1 if there is none.
    ///
    /// @param start where the text begins
    /// @param from where the search begins
    int find(byte[] text, int start, int from, int end);

    /// Where the match at a place that [#find] returned ends.
    int matchEnd(byte[] text, int start, int at, int end);

    /// A string as it is.
    record Literal(String text) implements TextPattern {
        /// @throws IllegalArgumentException if the string is empty
        public Literal {
            if (text.isEmpty()) {
                throw new IllegalArgumentException("a pattern of no characters is not supported");
            }
        }

        @Override
        public int find(byte[] bytes, int start, int from, int end) {
            byte[] wanted = text.getBytes(StandardCharsets.UTF_8);
            for (int at = from; at + wanted.length <= end; at++) {
                if (bytes[at] == wanted[0]
                        && Arrays.equals(bytes, at, at + wanted.length, wanted, 0, wanted.length)) {
                    return at;
                }
            }
            return -1;
        }

        @Override
        public int matchEnd(byte[] bytes, int start, int at, int end) {
            return at + text.getBytes(StandardCharsets.UTF_8).length;
        }
    }

    /// Any other regular expression.
    record Regex(RegexProgram program) implements TextPattern {
        @Override
        public int find(byte[] text, int start, int from, int end) {
            return program.find(text, start, from, end);
        }

        @Override
        public int matchEnd(byte[] text, int start, int at, int end) {
            return program.matchEnd(text, start, at, end);
        }
    }

    /// At least so many times one character, or one whitespace character: the regular expressions `
    /// {2,}`, `\s+` and their like.
    ///
    /// @param regex as tokenizer.json has it
    /// @param character the character; -1 for any whitespace
    /// @param least number of times, at least 1
    /// @param single whether each character is a match of its own
    record Run(String regex, int character, int least, boolean single) implements TextPattern {
        @Override
        public int find(byte[] text, int start, int from, int end) {
            for (int at = from; at < end; ) {
                int runEnd = matchEnd(text, start, at, end);
                if (runEnd > at && Utf8.count(text, at, runEnd) >= least) {
                    return at;
                }
                at = runEnd > at ? runEnd : at + Utf8.size(text[at]);
            }
            return -1;
        }

        @Override
        public int matchEnd(byte[] text, int start, int at, int end) {
            int next = at;
            while (next < end && matches(text, next)) {
                next += Utf8.size(text[next]);
                if (single) {
                    break;
                }
            }
            return next;
        }

        private boolean matches(byte[] text, int at) {
            return character < 0
                    ? CharacterClasses.isSpace(CharacterClasses.at(text, at) & 0xFF)
                    : Utf8.codePointAt(text, at) == character;
        }
    }
}
