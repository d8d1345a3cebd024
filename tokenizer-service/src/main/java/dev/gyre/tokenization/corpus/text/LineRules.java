package dev.gyre.tokenization.corpus.text;

import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// C4's rules (Raffel et al. 2020, section 2.2, and its published code): lines that break one are
/// taken out, some finds remove the whole document. Blank lines stay as they are, since they part
/// paragraphs.
final class LineRules {
    /// C4, section 2.2: a period, exclamation mark, question mark or end quotation mark; with the
    /// marks of other scripts, since the rule would else remove every line of theirs.
    private static final String TERMINAL = ".?!\"'”’»。？！」』؟۔।።";

    /// C4's published code.
    private static final List<String> POLICIES =
            List.of(
                    "terms of use",
                    "privacy policy",
                    "cookie policy",
                    "uses cookies",
                    "use of cookies",
                    "use cookies");

    private static final List<String> CITATIONS = List.of("[edit", "[citation needed");

    private final CorpusRules.Lines rules;
    private final BadWords badWords;

    LineRules(CorpusRules.Lines rules) {
        this.rules = rules;
        badWords = new BadWords(rules.badWords());
    }

    /// What became of the lines.
    ///
    /// @param text the lines that stay
    /// @param removed set where a rule removed the whole document
    record Outcome(String text, Verdict.@Nullable Removed removed) {}

    Outcome apply(String text) {
        if (rules.equals(CorpusRules.Lines.OFF)) {
            return new Outcome(text, null);
        }
        StringBuilder kept = new StringBuilder(text.length());
        for (int start = 0; start <= text.length(); ) {
            int feed = text.indexOf('\n', start);
            int end = feed < 0 ? text.length() : feed;
            String original = text.substring(start, end);
            String line = rules.citations() ? withoutCitations(original) : original;
            if (stays(original, line)) {
                String lower = line.toLowerCase(Locale.ROOT);
                if (rules.loremIpsum() && lower.contains("lorem ipsum")) {
                    return removed("lorem-ipsum", "has the words lorem ipsum");
                }
                boolean javascript = rules.javascript() && lower.contains("javascript");
                if (!javascript && rules.curlyBrackets() && line.indexOf('{') >= 0) {
                    return removed("curly-bracket", "has a curly bracket");
                }
                if (!javascript && !(rules.policies() && isPolicy(lower))) {
                    kept.append(line).append('\n');
                }
            } else if (original.isEmpty()) {
                kept.append('\n');
            }
            start = end + 1;
        }
        return new Outcome(TextNormalizer.normalize(kept.toString()), null);
    }

    /// The rules for what is left of a document.
    Verdict.@Nullable Removed check(String text) {
        if (rules.minSentences() > 0) {
            int sentences = sentences(text);
            if (sentences < rules.minSentences()) {
                return new Verdict.Removed(
                        "too-few-sentences",
                        sentences + " sentences, limit " + rules.minSentences());
            }
        }
        String found = badWords.firstIn(text);
        return found == null
                ? null
                : new Verdict.Removed("bad-word", "has the bad word \"" + found + "\"");
    }

    private static Outcome removed(String rule, String measured) {
        return new Outcome("", new Verdict.Removed(rule, measured));
    }

    private boolean stays(String original, String line) {
        if (rules.terminalPunctuation()
                && (line.isEmpty()
                        || TERMINAL.indexOf(line.charAt(line.length() - 1)) < 0
                        || line.endsWith("..."))) {
            return false;
        }
        if (original.isEmpty()) {
            return false;
        }
        if (rules.minWords() > 0 && new Words(line).count() < rules.minWords()) {
            return false;
        }
        return original.length() <= rules.maxWordLength()
                || longestWord(original) <= rules.maxWordLength();
    }

    private static int longestWord(String line) {
        Words words = new Words(line);
        int longest = 0;
        for (int word = 0; word < words.count(); word++) {
            longest = Math.max(longest, words.length(word));
        }
        return longest;
    }

    private static boolean isPolicy(String lower) {
        for (String policy : POLICIES) {
            if (lower.contains(policy)) {
                return true;
            }
        }
        return false;
    }

    /// Takes out `[12]`, `[]`, `[edit]` and `[citation needed]`, also where taking one out makes
    /// another, in one pass over a stack.
    static String withoutCitations(String line) {
        if (line.indexOf(']') < 0) {
            return line;
        }
        StringBuilder kept = new StringBuilder(line.length());
        for (int i = 0; i < line.length(); i++) {
            char unit = line.charAt(i);
            int open = unit == ']' ? citation(kept) : -1;
            if (open >= 0) {
                kept.setLength(open);
            } else {
                kept.append(unit);
            }
        }
        return kept.toString();
    }

    /// Where the citation begins that a closing bracket ends here, or -1.
    private static int citation(StringBuilder kept) {
        int open = kept.length() - 1;
        while (open >= 0 && kept.charAt(open) >= '0' && kept.charAt(open) <= '9') {
            open--;
        }
        if (open >= 0 && kept.charAt(open) == '[') {
            return open;
        }
        for (String citation : CITATIONS) {
            int start = kept.length() - citation.length();
            if (start >= 0 && kept.indexOf(citation, start) == start) {
                return start;
            }
        }
        return -1;
    }

    /// Sentences of a text, line by line: a sentence ends at terminal marks, with the quotes and
    /// brackets that close after them, before a blank or the line's end; what is left at a line's
    /// end is one more. (C4 used NLTK's trained splitter, which knows some abbreviations.)
    static int sentences(String text) {
        int sentences = 0;
        boolean open = false;
        boolean ended = false;
        for (int i = 0; i < text.length(); i++) {
            char unit = text.charAt(i);
            if (unit == '\n') {
                sentences += open || ended ? 1 : 0;
                open = false;
                ended = false;
            } else if (isSentenceEnd(unit)) {
                ended = true;
            } else if (unit > ' ' && (unit < 0x80 || !Words.isBlank(unit))) {
                if (ended && !isClosing(unit)) {
                    // marks within a word, as in 3.14, end nothing; those of CJK need no blank
                    sentences += text.charAt(i - 1) >= 0x3000 ? 1 : 0;
                    ended = false;
                }
                open = true;
            } else if (ended) {
                sentences++;
                open = false;
                ended = false;
            }
        }
        return sentences + (open || ended ? 1 : 0);
    }

    private static boolean isSentenceEnd(char unit) {
        return unit == '.'
                || unit == '?'
                || unit == '!'
                || unit > 0x80 && "…。？！؟۔।።".indexOf(unit) >= 0;
    }

    private static boolean isClosing(char unit) {
        return "\"')]”’»」』".indexOf(unit) >= 0;
    }
}
