package dev.gyre.tokenizer.formats;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.gyre.tokenizer.pipeline.TextPattern;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// `pattern` in tokenizer.json: a string as it is, or one of the few regular expressions that real
/// files have. Others are refused by name: they would need the very engine that the file was made
/// with.
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
            throw pattern.unsupported("Regex", regex);
        }
        String character = run.group(1);
        boolean escaped = character.length() > 1 && character.startsWith("\\");
        if (escaped && !character.equals("\\s") && Character.isLetterOrDigit(character.charAt(1))) {
            throw pattern.unsupported("Regex", regex);
        }
        int point = character.equals("\\s") ? -1 : character.codePointAt(escaped ? 1 : 0);
        if (run.group(2) == null) {
            if (point < 0) {
                throw pattern.unsupported("Regex", regex);
            }
            return new TextPattern.Run(regex, point, 1, true);
        }
        int least = run.group(3) == null ? 1 : Integer.parseInt(run.group(3));
        if (least < 1) {
            throw pattern.unsupported("Regex", regex);
        }
        return new TextPattern.Run(regex, point, least, false);
    }

    static ObjectNode write(ObjectMapper json, TextPattern pattern) {
        ObjectNode object = json.createObjectNode();
        switch (pattern) {
            case TextPattern.Literal(String text) -> object.put("String", text);
            case TextPattern.Run run -> object.put("Regex", run.regex());
        }
        return object;
    }
}
