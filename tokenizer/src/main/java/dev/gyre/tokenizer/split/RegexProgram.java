package dev.gyre.tokenizer.split;

import dev.gyre.tokenizer.text.Utf8;
import java.util.List;
import java.util.function.IntPredicate;

/// A regular expression made ready for UTF-8 text: of all ways to match at the leftmost place, the
/// one that a backtracking engine tries first.
///
/// All ways are followed side by side (Pike 1987; Cox, "Regular Expression Matching: the Virtual
/// Machine Approach", 2009), so that a search takes time proportional to the text times the
/// expression's length, whatever stands in either. Two programs are equal if their expressions are.
public final class RegexProgram {
    /// What a program is made of.
    sealed interface Step {
        /// Goes on if the next character is in a class, and passes it.
        record Take(IntPredicate characters) implements Step {}

        /// Goes on both ways, the first preferred.
        record Fork(int first, int second) implements Step {}

        /// Goes on if the next character is (or is not) in a class; the end of the text is in none.
        record Look(IntPredicate characters, boolean wanted) implements Step {}

        /// Goes on at the beginning of the text.
        record TextBegin() implements Step {}

        /// Goes on at the end of the text.
        record TextEnd() implements Step {}

        /// Goes on before a line end and at the end of the text.
        record LineEnd() implements Step {}

        /// The expression matches.
        record Match() implements Step {}
    }

    private final String regex;
    private final Step[] steps;

    /// For each ASCII character, whether a match may begin with it.
    private final boolean[] begins = new boolean[128];

    RegexProgram(String regex, List<Step> steps) {
        this.regex = regex;
        this.steps = steps.toArray(Step[]::new);
        for (int ascii = 0; ascii < begins.length; ascii++) {
            begins[ascii] = mayBegin(0, ascii, new boolean[this.steps.length]);
        }
    }

    /// Reads an expression in the syntax of Oniguruma, of which the common part is supported:
    /// characters, classes, `\s \d \w \p{…}`, groups, alternatives, greedy repetition, `(?i:…)`
    /// over few letters, `$ \A \z`, and lookahead at one character.
    ///
    /// @throws IllegalArgumentException if anything else stands in it, or it may match nothing
    public static RegexProgram of(String regex) {
        return new RegexParser(regex).parse();
    }

    /// The expression.
    public String regex() {
        return regex;
    }

    private boolean mayBegin(int at, int character, boolean[] seen) {
        if (seen[at]) {
            return false;
        }
        seen[at] = true;
        return switch (steps[at]) {
            case Step.Take(IntPredicate characters) -> characters.test(character);
            case Step.Fork(int first, int second) ->
                    mayBegin(first, character, seen) || mayBegin(second, character, seen);
            case Step.Look _, Step.TextBegin _, Step.TextEnd _, Step.LineEnd _ ->
                    mayBegin(at + 1, character, seen);
            case Step.Match _ -> true;
        };
    }

    /// The next place where the expression matches; -1 if there is none.
    ///
    /// @param start where the text begins
    /// @param from where the search begins
    public int find(byte[] text, int start, int from, int end) {
        Search search = new Search(text, start, end);
        search.run(from, false);
        return search.matchStart;
    }

    /// Where the match at a place that [#find] returned ends.
    public int matchEnd(byte[] text, int start, int at, int end) {
        Search search = new Search(text, start, end);
        search.run(at, true);
        return search.matchEnd;
    }

    /// One search: the places in the program that the characters so far lead to, preferred ones
    /// first, each with the place in the text where its match began.
    private final class Search {
        private final byte[] text;
        private final int textStart;
        private final int end;
        private final int[] seenAt = new int[steps.length];
        private int[] places = new int[steps.length];
        private int[] starts = new int[steps.length];
        private int count;
        private int[] nextPlaces = new int[steps.length];
        private int[] nextStarts = new int[steps.length];
        int matchStart = -1;
        int matchEnd = -1;

        Search(byte[] text, int textStart, int end) {
            this.text = text;
            this.textStart = textStart;
            this.end = end;
        }

        void run(int from, boolean anchored) {
            int position = from;
            enter(0, from, from);
            while (true) {
                if (count == 0) {
                    if (matchStart >= 0 || anchored || position >= end) {
                        return;
                    }
                    position = skip(position);
                    enter(0, position, position);
                }
                int next = position < end ? position + Utf8.size(text[position]) : -1;
                advance(position, next);
                if (next < 0) {
                    return;
                }
                position = next;
                if (matchStart < 0 && !anchored) {
                    enter(0, position, position);
                }
            }
        }

        /// Passes over ASCII with which no match begins.
        private int skip(int from) {
            int position = from + Utf8.size(text[from]);
            while (position < end && text[position] >= 0 && !begins[text[position]]) {
                position++;
            }
            return position;
        }

        /// Takes one character, or at the end of the text none.
        private void advance(int position, int next) {
            int character = next < 0 ? -1 : Utf8.codePointAt(text, position);
            int[] here = places;
            int[] hereStarts = starts;
            int hereCount = count;
            places = nextPlaces;
            starts = nextStarts;
            nextPlaces = here;
            nextStarts = hereStarts;
            count = 0;
            for (int i = 0; i < hereCount; i++) {
                switch (steps[here[i]]) {
                    case Step.Take(IntPredicate characters) -> {
                        if (character >= 0 && characters.test(character)) {
                            enter(here[i] + 1, hereStarts[i], next);
                        }
                    }
                    case Step.Match _ -> {
                        // what comes after in the list is less preferred
                        matchStart = hereStarts[i];
                        matchEnd = position;
                        return;
                    }
                    case Step.Fork _,
                            Step.Look _,
                            Step.TextBegin _,
                            Step.TextEnd _,
                            Step.LineEnd _ ->
                            throw new IllegalStateException("passed when it was entered");
                }
            }
        }

        /// Notes a place in the program and those reached from it without taking a character.
        private void enter(int place, int start, int position) {
            if (seenAt[place] == position + 1) {
                return;
            }
            seenAt[place] = position + 1;
            switch (steps[place]) {
                case Step.Fork(int first, int second) -> {
                    enter(first, start, position);
                    enter(second, start, position);
                }
                case Step.Look(IntPredicate characters, boolean wanted) -> {
                    boolean found =
                            position < end && characters.test(Utf8.codePointAt(text, position));
                    enterIf(found == wanted, place + 1, start, position);
                }
                case Step.TextBegin _ -> enterIf(position == textStart, place + 1, start, position);
                case Step.TextEnd _ -> enterIf(position == end, place + 1, start, position);
                case Step.LineEnd _ ->
                        enterIf(
                                position == end || text[position] == '\n',
                                place + 1,
                                start,
                                position);
                case Step.Take _, Step.Match _ -> {
                    places[count] = place;
                    starts[count] = start;
                    count++;
                }
            }
        }

        private void enterIf(boolean condition, int place, int start, int position) {
            if (condition) {
                enter(place, start, position);
            }
        }
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof RegexProgram program && program.regex.equals(regex);
    }

    @Override
    public int hashCode() {
        return regex.hashCode();
    }

    @Override
    public String toString() {
        return regex;
    }
}
