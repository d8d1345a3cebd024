package dev.gyre.tokenizer.formats;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.gyre.tokenizer.pipeline.TextPattern;
import dev.gyre.tokenizer.split.RegexProgram;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// `pattern` in tokenizer.json: a string as it is, or a regular expression. What an expression has
/// that is not supported is refused by name.
final class PatternJson {
    /// A character, perhaps escaped, then `+`, `{n,}` or nothing.
    private static final Pattern RUN =
            Pattern.compile(
                    "(\\\\s|\\\\?[^\\\\\\[\\](){}.*+?|^$]|\\\\[.*+?|(){}\\[\\]^$\\\\])(\\+|\\{(\\d{1,4}),})?");

    private PatternJson() {}

    static TextPattern read(JsonFields pattern) {
        pattern.allow("String", "Regex");
        if (!pattern.isNull("String")) {
            return new TextPattern.Literal(pattern.text("String"));
        }
        String regex = pattern.text("Regex");
        Matcher run = RUN.matcher(regex);
        if (!run.matches()) {
            return general(pattern, regex);
        }
        String character = run.group(1);
        boolean escaped = character.length() > 1 && character.startsWith("\\");
        boolean blank = character.equals("\\s");
        boolean named = escaped && !blank && Character.isLetterOrDigit(character.charAt(1));
        if (named || blank && run.group(2) == null) {
            return general(pattern, regex);
        }
        int point = blank ? -1 : character.codePointAt(escaped ? 1 : 0);
        if (run.group(2) == null) {
            return new TextPattern.Run(regex, point, 1, true);
        }
        int least = run.group(3) == null ? 1 : Integer.parseInt(run.group(3));
        if (least < 1) {
            throw pattern.unsupported("Regex", regex);
        }
        return new TextPattern.Run(regex, point, least, false);
    }

    private static TextPattern general(JsonFields pattern, String regex) {
        try {
            return new TextPattern.Regex(RegexProgram.of(regex));
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    "%s: %s".formatted(pattern.name("Regex"), e.getMessage()), e);
        }
    }

    static ObjectNode write(ObjectMapper json, TextPattern pattern) {
        ObjectNode object = json.createObjectNode();
        switch (pattern) {
            case TextPattern.Literal(String text) -> object.put("String", text);
            case TextPattern.Run run -> object.put("Regex", run.regex());
            case TextPattern.Regex(RegexProgram program) -> object.put("Regex", program.regex());
        }
        return object;
    }
}
