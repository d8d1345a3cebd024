package dev.gyre.tokenizer.split;

import dev.gyre.tokenizer.split.RegexProgram.Step;
import dev.gyre.tokenizer.text.CharacterClasses;
import dev.gyre.tokenizer.text.CharacterSet;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.IntPredicate;
import org.jspecify.annotations.Nullable;

/// Reads a regular expression in Oniguruma's syntax. What it does not know it refuses, since the
/// ids would be wrong.
final class RegexParser {
    /// Longest expression and program; real ones have a few hundred characters and steps.
    private static final int MOST_CHARACTERS = 4096;

    private static final int MOST_STEPS = 2048;
    private static final int MOST_REPEATS = 64;
    private static final int MOST_GROUPS_INSIDE_GROUPS = 32;

    /// Letters of English contractions: of their foldings only U+017F is no plain capital, and no
    /// two of them fold to one character.
    private static final String FOLDABLE = "sdmtlver";

    private static final char LONG_S = '\u017F';

    private static final Map<Character, Integer> CONTROLS =
            Map.of('n', 0x0A, 'r', 0x0D, 't', 0x09, 'f', 0x0C, 'v', 0x0B, 'e', 0x1B, 'a', 0x07);

    private final String regex;
    private final List<Step> steps = new ArrayList<>();
    private int at;
    private int depth;
    private boolean anyCase;

    RegexParser(String regex) {
        this.regex = regex;
    }

    private sealed interface Node {
        /// Whether it may match no characters.
        boolean mayBeEmpty();
    }

    private record One(Step step, boolean mayBeEmpty) implements Node {}

    private record Row(List<Node> nodes) implements Node {
        @Override
        public boolean mayBeEmpty() {
            return nodes.stream().allMatch(Node::mayBeEmpty);
        }
    }

    private record Either(List<Node> nodes) implements Node {
        @Override
        public boolean mayBeEmpty() {
            return nodes.stream().anyMatch(Node::mayBeEmpty);
        }
    }

    /// @param most times; -1 for any number
    private record Repeat(Node node, int least, int most) implements Node {
        @Override
        public boolean mayBeEmpty() {
            return least == 0 || node.mayBeEmpty();
        }
    }

    RegexProgram parse() {
        if (regex.length() > MOST_CHARACTERS) {
            throw new IllegalArgumentException(
                    "a regular expression of %d characters is not supported, the limit is %d"
                            .formatted(regex.length(), MOST_CHARACTERS));
        }
        Node whole = alternatives();
        if (at < regex.length()) {
            throw unsupported("\")\" without \"(\"");
        }
        if (whole.mayBeEmpty()) {
            throw unsupported("an expression that may match nothing");
        }
        emit(whole);
        emit(new Step.Match());
        return new RegexProgram(regex, steps);
    }

    private Node alternatives() {
        List<Node> nodes = new ArrayList<>();
        nodes.add(row());
        while (at < regex.length() && regex.charAt(at) == '|') {
            at++;
            nodes.add(row());
        }
        return nodes.size() == 1 ? nodes.getFirst() : new Either(nodes);
    }

    private Node row() {
        List<Node> nodes = new ArrayList<>();
        while (at < regex.length() && regex.charAt(at) != '|' && regex.charAt(at) != ')') {
            nodes.add(repeated(atom()));
        }
        return new Row(nodes);
    }

    private Node repeated(Node node) {
        int least;
        int most;
        switch (at < regex.length() ? regex.charAt(at) : ' ') {
            case '?' -> {
                least = 0;
                most = 1;
                at++;
            }
            case '*' -> {
                least = 0;
                most = -1;
                at++;
            }
            case '+' -> {
                least = 1;
                most = -1;
                at++;
            }
            case '{' -> {
                int close = regex.indexOf('}', at);
                String[] counts =
                        close < 0 ? new String[0] : regex.substring(at + 1, close).split(",", -1);
                if (counts.length == 0 || counts.length > 2 || counts[0].isEmpty()) {
                    throw unsupported("\"{\" without a number of times");
                }
                least = count(counts[0]);
                most = counts.length == 1 ? least : counts[1].isEmpty() ? -1 : count(counts[1]);
                if (most == 0 || most > 0 && most < least) {
                    throw unsupported("a repetition from %d to %d".formatted(least, most));
                }
                at = close + 1;
            }
            default -> {
                return node;
            }
        }
        if (at < regex.length() && "?*+{".indexOf(regex.charAt(at)) >= 0) {
            throw unsupported("a repetition that is not greedy, or repeated");
        }
        if (node.mayBeEmpty()) {
            throw unsupported("the repetition of what may match nothing");
        }
        return new Repeat(node, least, most);
    }

    private int count(String digits) {
        if (!digits.matches("[0-9]{1,3}") || Integer.parseInt(digits) > MOST_REPEATS) {
            throw unsupported("a repetition of more than %d times".formatted(MOST_REPEATS));
        }
        return Integer.parseInt(digits);
    }

    private Node atom() {
        int character = next();
        return switch (character) {
            case '(' -> group();
            case '$' -> new One(new Step.LineEnd(), true);
            case '.' -> take(point -> point != '\n');
            case '[' -> take(characterClass());
            case '\\' ->
                    passes("A")
                            ? new One(new Step.TextBegin(), true)
                            : passes("z") ? new One(new Step.TextEnd(), true) : take(escape());
            case '^', '?', '*', '+', '{', '}', ']' -> {
                at--;
                throw unsupported("\"%c\"".formatted((char) character));
            }
            default -> take(literal(character));
        };
    }

    private static Node take(IntPredicate characters) {
        return new One(new Step.Take(characters), false);
    }

    private Node group() {
        if (++depth > MOST_GROUPS_INSIDE_GROUPS) {
            throw unsupported("groups nested deeper than %d".formatted(MOST_GROUPS_INSIDE_GROUPS));
        }
        boolean outer = anyCase;
        Node node;
        if (passes("?=") || passes("?!")) {
            boolean wanted = regex.charAt(at - 1) == '=';
            if (!(atom() instanceof One(Step.Take(IntPredicate characters), _))) {
                throw unsupported("lookahead at more than one character");
            }
            node = new One(new Step.Look(characters, wanted), true);
        } else {
            if (passes("?i:")) {
                anyCase = true;
            } else if (!passes("?:") && at < regex.length() && regex.charAt(at) == '?') {
                throw unsupported("this kind of group");
            }
            node = alternatives();
        }
        if (!passes(")")) {
            throw unsupported("\"(\" without \")\"");
        }
        anyCase = outer;
        depth--;
        return node;
    }

    private boolean passes(String text) {
        boolean found = regex.startsWith(text, at);
        at += found ? text.length() : 0;
        return found;
    }

    private int next() {
        if (at >= regex.length()) {
            throw unsupported("the end of the expression");
        }
        int character = regex.codePointAt(at);
        at += Character.charCount(character);
        return character;
    }

    private IntPredicate literal(int character) {
        if (!anyCase || !Character.isLetter(character)) {
            return point -> point == character;
        }
        int lower = Character.toLowerCase(character);
        if (FOLDABLE.indexOf(lower) < 0) {
            throw unsupported("(?i:…) over letters other than " + FOLDABLE);
        }
        return point ->
                point == lower
                        || point == Character.toUpperCase(lower)
                        || lower == 's' && point == LONG_S;
    }

    /// What stands behind a backslash.
    private IntPredicate escape() {
        int character = next();
        IntPredicate named = named(character, RegexParser::isWordOutsideClass);
        return named != null ? named : literal(escapedCharacter(character));
    }

    private int escapedCharacter(int character) {
        boolean letterOrDigit =
                character >= '0' && character <= '9' || Character.isLetter(character);
        Integer control = CONTROLS.get((char) character);
        if (control == null && (letterOrDigit || character > 0x7E)) {
            throw unsupported("\"\\%s\"".formatted(Character.toString(character)));
        }
        return control == null ? character : control;
    }

    /// What a letter behind a backslash stands for; null where it has no meaning.
    private @Nullable IntPredicate named(int character, IntPredicate word) {
        return switch (character) {
            case 's' -> RegexParser::isSpace;
            case 'S' -> point -> !isSpace(point);
            case 'd' -> property("Nd");
            case 'D' -> property("Nd").negate();
            case 'w' -> word;
            case 'W' -> word.negate();
            case 'p' -> property(propertyName());
            case 'P' -> property(propertyName()).negate();
            default -> null;
        };
    }

    private static boolean isSpace(int point) {
        return CharacterClasses.isSpace(CharacterClasses.of(point));
    }

    /// Oniguruma counts the two zero-width joiners out, other than the engine that
    /// [CharacterSet#WORD] comes from.
    private static boolean isWord(int point) {
        return point != 0x200C && point != 0x200D && CharacterSet.WORD.contains(point);
    }

    /// Outside a class, Oniguruma also counts Latin-1's superscripts and fractions in: it answers
    /// there from a table of ISO 8859-1, in a class from Unicode's ranges.
    private static boolean isWordOutsideClass(int point) {
        return switch (point) {
            case 0xB2, 0xB3, 0xB9, 0xBC, 0xBD, 0xBE -> true;
            default -> isWord(point);
        };
    }

    private String propertyName() {
        int close = passes("{") ? regex.indexOf('}', at) : -1;
        if (close < 0) {
            throw unsupported("a property without {name}");
        }
        String name = regex.substring(at, close);
        at = close + 1;
        return name;
    }

    private IntPredicate property(String name) {
        int types = UnicodeProperty.types(name);
        if (types != 0) {
            return point -> (types >>> Character.getType(point) & 1) != 0;
        }
        Character.UnicodeScript script = UnicodeProperty.script(name);
        if (script == null) {
            throw unsupported("the property \"%s\"".formatted(name));
        }
        return point -> Character.UnicodeScript.of(point) == script;
    }

    /// What stands behind `[`.
    private IntPredicate characterClass() {
        boolean negated = passes("^");
        List<IntPredicate> members = new ArrayList<>();
        while (!passes("]")) {
            if (regex.startsWith("&&", at)) {
                throw unsupported("\"&&\" in a class");
            }
            int first = next();
            if (first == '[') {
                throw unsupported("a class in a class");
            }
            IntPredicate named = null;
            if (first == '\\') {
                int escaped = next();
                named = named(escaped, RegexParser::isWord);
                first = named == null ? escapedCharacter(escaped) : first;
            }
            boolean range =
                    at + 1 < regex.length()
                            && regex.charAt(at) == '-'
                            && regex.charAt(at + 1) != ']';
            if (!range) {
                members.add(named != null ? named : literal(first));
            } else {
                members.add(range(named, first));
            }
        }
        if (members.isEmpty()) {
            throw unsupported("an empty class");
        }
        return cached(members, negated);
    }

    private IntPredicate range(@Nullable IntPredicate named, int first) {
        at++;
        int last = next();
        if (last == '\\') {
            int escaped = next();
            if (named(escaped, RegexParser::isWord) != null) {
                throw unsupported("a range to a class");
            }
            last = escapedCharacter(escaped);
        }
        if (named != null || last == '[' || first > last || anyCase) {
            throw unsupported("this range");
        }
        int end = last;
        return point -> point >= first && point <= end;
    }

    /// Answers for ASCII stand in two words.
    private static IntPredicate cached(List<IntPredicate> members, boolean negated) {
        IntPredicate any =
                point -> {
                    for (IntPredicate member : members) {
                        if (member.test(point)) {
                            return !negated;
                        }
                    }
                    return negated;
                };
        boolean[] ascii = new boolean[128];
        for (int point = 0; point < ascii.length; point++) {
            ascii[point] = any.test(point);
        }
        return point -> point < ascii.length ? ascii[point] : any.test(point);
    }

    private void emit(Step step) {
        if (steps.size() == MOST_STEPS) {
            throw unsupported("an expression of more than %d steps".formatted(MOST_STEPS));
        }
        steps.add(step);
    }

    private void emit(Node node) {
        switch (node) {
            case One(Step step, boolean _) -> emit(step);
            case Row(List<Node> nodes) -> nodes.forEach(this::emit);
            case Either(List<Node> nodes) -> emitEither(nodes, 0);
            case Repeat(Node body, int least, int most) -> {
                for (int i = 0; i < least; i++) {
                    emit(body);
                }
                if (most < 0) {
                    // the fork leads into the body or behind the step that leads back
                    int fork = hole();
                    emit(body);
                    emit(new Step.Fork(fork, fork));
                    steps.set(fork, new Step.Fork(fork + 1, steps.size()));
                } else {
                    List<Integer> forks = new ArrayList<>();
                    for (int i = least; i < most; i++) {
                        forks.add(hole());
                        emit(body);
                    }
                    forks.forEach(fork -> steps.set(fork, new Step.Fork(fork + 1, steps.size())));
                }
            }
        }
    }

    private void emitEither(List<Node> nodes, int index) {
        if (index == nodes.size() - 1) {
            emit(nodes.get(index));
            return;
        }
        int fork = hole();
        emit(nodes.get(index));
        int leave = hole();
        steps.set(fork, new Step.Fork(fork + 1, steps.size()));
        emitEither(nodes, index + 1);
        steps.set(leave, new Step.Fork(steps.size(), steps.size()));
    }

    /// A place for a fork whose ends are not known yet.
    private int hole() {
        emit(new Step.Fork(0, 0));
        return steps.size() - 1;
    }

    private IllegalArgumentException unsupported(String what) {
        String shown = regex.length() > 200 ? regex.substring(0, 200) + "…" : regex;
        return new IllegalArgumentException(
                "regular expression %s: %s is not supported (at character %d)"
                        .formatted(shown, what, at));
    }
}
