package dev.gyre.tokenizer.jinja;

/// A piece of a template's source.
///
/// @param kind what it is
/// @param text its text; of strings the value, of literal text what is printed
/// @param line line it starts in, from 1
record Token(Kind kind, String text, int line) {
    enum Kind {
        TEXT,
        OUTPUT_START,
        OUTPUT_END,
        BLOCK_START,
        BLOCK_END,
        NAME,
        STRING,
        INTEGER,
        FLOAT,
        SYMBOL,
        END
    }

    boolean is(Kind wanted, String wantedText) {
        return kind == wanted && text.equals(wantedText);
    }

    boolean isSymbol(String symbol) {
        return is(Kind.SYMBOL, symbol);
    }

    boolean isName(String name) {
        return is(Kind.NAME, name);
    }
}
