package dev.gyre.tokenizer.jinja;

import dev.gyre.tokenizer.jinja.Token.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Cuts a template into tokens and takes out the whitespace that Jinja takes out with `trim_blocks`
/// and `lstrip_blocks`, the settings of transformers.
final class Lexer {
    private static final List<String> SYMBOLS =
            List.of(
                    "**", "//", "==", "!=", "<=", ">=", "+", "-", "*", "/", "%", "~", "<", ">", "=",
                    "(", ")", "[", "]", "{", "}", ".", ",", ":", "|");

    private static final Pattern NUMBER =
            Pattern.compile("[0-9][0-9_]*+(\\.[0-9][0-9_]*+)?([eE][-+]?[0-9]++)?");
    private static final Pattern RAW = Pattern.compile("\\s*raw\\s*[-+]?%\\}");
    private static final Pattern END_RAW = Pattern.compile("\\{%[-+]?\\s*endraw\\s*[-+]?%\\}");

    private final String source;
    private final List<Token> tokens = new ArrayList<>();
    private int position;
    private int countedTo;
    private int lines = 1;

    /// Whether the text that follows starts a line.
    private boolean lineStart = true;

    /// Whether the last tag asked for the whitespace after it to go.
    private boolean stripNext;

    private Lexer(String source) {
        this.source = source;
    }

    static List<Token> tokens(String source) {
        String lines = source.replace("\r\n", "\n").replace('\r', '\n');
        // Jinja drops one line end at the very end.
        String text = lines.endsWith("\n") ? lines.substring(0, lines.length() - 1) : lines;
        return new Lexer(text).run();
    }

    private List<Token> run() {
        while (position < source.length()) {
            int tag = nextTag();
            readText(tag);
            if (tag < source.length()) {
                readTag(tag);
            }
        }
        tokens.add(new Token(Kind.END, "", line(position)));
        return tokens;
    }

    /// Where the next `{{`, `{%` or `{#` is; the end of the source if there is none.
    private int nextTag() {
        int brace = source.indexOf('{', position);
        while (brace >= 0 && brace + 1 < source.length()) {
            char next = source.charAt(brace + 1);
            if (next == '{' || next == '%' || next == '#') {
                return brace;
            }
            brace = source.indexOf('{', brace + 1);
        }
        return source.length();
    }

    private void readText(int tag) {
        String text = source.substring(position, tag);
        if (stripNext) {
            text = text.stripLeading();
        }
        if (tag < source.length()) {
            char kind = source.charAt(tag + 1);
            char sign = tag + 2 < source.length() ? source.charAt(tag + 2) : ' ';
            if (sign == '-') {
                text = text.stripTrailing();
            } else if (sign != '+' && kind != '{') {
                text = withoutIndent(text);
            }
        }
        addText(text);
        position = tag;
    }

    /// Without the blanks between the line's start and the tag (`lstrip_blocks`).
    private String withoutIndent(String text) {
        int start = text.lastIndexOf('\n') + 1;
        boolean onlyBlanks = text.substring(start).isBlank();
        return (start > 0 || lineStart) && onlyBlanks ? text.substring(0, start) : text;
    }

    private void addText(String text) {
        if (!text.isEmpty()) {
            tokens.add(new Token(Kind.TEXT, text, line(position)));
        }
    }

    private void readTag(int tag) {
        char kind = source.charAt(tag + 1);
        position = tag + 2;
        if (kind == '#') {
            int end = source.indexOf("#}", position);
            if (end < 0) {
                throw error(tag, "comment is not closed");
            }
            position = end;
            closeTag(source.charAt(end - 1), true);
            return;
        }
        if (position < source.length() && "-+".indexOf(source.charAt(position)) >= 0) {
            position++;
        }
        boolean block = kind == '%';
        if (block && readRaw()) {
            return;
        }
        tokens.add(new Token(block ? Kind.BLOCK_START : Kind.OUTPUT_START, "", line(tag)));
        readExpression(tag, block ? "%}" : "}}");
        tokens.add(new Token(block ? Kind.BLOCK_END : Kind.OUTPUT_END, "", line(position)));
        char sign = source.charAt(position - 1);
        closeTag(sign, block);
    }

    /// Steps over the two closing characters and remembers what goes of the whitespace after them.
    private void closeTag(char sign, boolean trimsNewline) {
        position += 2;
        stripNext = sign == '-';
        lineStart = false;
        boolean newline = position < source.length() && source.charAt(position) == '\n';
        if (trimsNewline && newline && sign != '-' && sign != '+') {
            position++;
            lineStart = true;
        }
    }

    /// `{% raw %}` up to `{% endraw %}` as text.
    private boolean readRaw() {
        Matcher start = RAW.matcher(source).region(position, source.length());
        if (!start.lookingAt()) {
            return false;
        }
        position = start.end() - 2;
        closeTag(source.charAt(position - 1), true);
        Matcher end = END_RAW.matcher(source);
        if (!end.find(position)) {
            throw error(position, "raw block is not closed");
        }
        int textEnd = end.start();
        String text = source.substring(position, textEnd);
        text = stripNext ? text.stripLeading() : text;
        boolean strips = source.charAt(textEnd + 2) == '-';
        addText(strips ? text.stripTrailing() : withoutIndent(text));
        position = end.end() - 2;
        closeTag(source.charAt(position - 1), true);
        return true;
    }

    private void readExpression(int tag, String close) {
        int braces = 0;
        while (true) {
            skipBlanks();
            if (position >= source.length()) {
                throw error(tag, "tag is not closed with " + close);
            }
            boolean signed =
                    "-+".indexOf(source.charAt(position)) >= 0
                            && source.startsWith(close, position + 1);
            if (braces == 0 && (signed || source.startsWith(close, position))) {
                position += signed ? 1 : 0;
                return;
            }
            Token token = readToken();
            braces += token.isSymbol("{") ? 1 : token.isSymbol("}") ? -1 : 0;
            tokens.add(token);
        }
    }

    private void skipBlanks() {
        while (position < source.length() && Character.isWhitespace(source.charAt(position))) {
            position++;
        }
    }

    private Token readToken() {
        char first = source.charAt(position);
        if (first == '"' || first == '\'') {
            return readString(first);
        }
        if (first >= '0' && first <= '9') {
            return readNumber();
        }
        if (Character.isJavaIdentifierStart(first) && first != '$') {
            int start = position;
            while (position < source.length()
                    && Character.isJavaIdentifierPart(source.charAt(position))) {
                position++;
            }
            return new Token(Kind.NAME, source.substring(start, position), line(start));
        }
        for (String symbol : SYMBOLS) {
            if (source.startsWith(symbol, position)) {
                position += symbol.length();
                return new Token(Kind.SYMBOL, symbol, line(position));
            }
        }
        throw error(position, "unexpected character '%s'".formatted(first));
    }

    private Token readNumber() {
        Matcher number = NUMBER.matcher(source).region(position, source.length());
        if (!number.lookingAt()) {
            throw error(position, "no number");
        }
        int start = position;
        position = number.end();
        String digits = number.group().replace("_", "");
        boolean integer = number.group(1) == null && number.group(2) == null;
        return new Token(integer ? Kind.INTEGER : Kind.FLOAT, digits, line(start));
    }

    private Token readString(char quote) {
        int start = position++;
        StringBuilder value = new StringBuilder();
        while (position < source.length() && source.charAt(position) != quote) {
            char c = source.charAt(position++);
            if (c == '\\' && position < source.length()) {
                readEscape(value);
            } else {
                value.append(c);
            }
        }
        if (position >= source.length()) {
            throw error(start, "string is not closed");
        }
        position++;
        return new Token(Kind.STRING, value.toString(), line(start));
    }

    private void readEscape(StringBuilder value) {
        char escape = source.charAt(position++);
        switch (escape) {
            case 'n' -> value.append('\n');
            case 't' -> value.append('\t');
            case 'r' -> value.append('\r');
            case 'b' -> value.append('\b');
            case 'f' -> value.append('\f');
            case '0' -> value.append('\0');
            case '\\', '\'', '"' -> value.append(escape);
            case '\n' -> {}
            case 'x' -> value.appendCodePoint(hexadecimal(2));
            case 'u' -> value.appendCodePoint(hexadecimal(4));
            case 'U' -> value.appendCodePoint(hexadecimal(8));
            default -> value.append('\\').append(escape);
        }
    }

    private int hexadecimal(int digits) {
        int end = Math.min(position + digits, source.length());
        String text = source.substring(position, end);
        try {
            int value = Integer.parseInt(text, 16);
            if (text.length() == digits && Character.isValidCodePoint(value)) {
                position = end;
                return value;
            }
        } catch (NumberFormatException _) {
            // reported below
        }
        throw error(position, "\"%s\" is no escape of %d digits".formatted(text, digits));
    }

    /// Line of a place that is not before the last one asked for.
    private int line(int place) {
        while (countedTo < Math.min(place, source.length())) {
            lines += source.charAt(countedTo++) == '\n' ? 1 : 0;
        }
        return lines;
    }

    private IllegalArgumentException error(int place, String what) {
        return new IllegalArgumentException("template line %d: %s".formatted(line(place), what));
    }
}
