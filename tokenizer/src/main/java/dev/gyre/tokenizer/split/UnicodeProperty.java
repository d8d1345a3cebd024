package dev.gyre.tokenizer.split;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Properties of Unicode that regular expressions ask for: general categories and a few scripts.
/// Java 25 and the engine of Hugging Face tokenizers both follow Unicode 16.
final class UnicodeProperty {
    private static final Map<String, Integer> CATEGORIES =
            Map.ofEntries(
                    Map.entry("Lu", 1 << Character.UPPERCASE_LETTER),
                    Map.entry("Ll", 1 << Character.LOWERCASE_LETTER),
                    Map.entry("Lt", 1 << Character.TITLECASE_LETTER),
                    Map.entry("Lm", 1 << Character.MODIFIER_LETTER),
                    Map.entry("Lo", 1 << Character.OTHER_LETTER),
                    Map.entry("Mn", 1 << Character.NON_SPACING_MARK),
                    Map.entry("Mc", 1 << Character.COMBINING_SPACING_MARK),
                    Map.entry("Me", 1 << Character.ENCLOSING_MARK),
                    Map.entry("Nd", 1 << Character.DECIMAL_DIGIT_NUMBER),
                    Map.entry("Nl", 1 << Character.LETTER_NUMBER),
                    Map.entry("No", 1 << Character.OTHER_NUMBER),
                    Map.entry("Pc", 1 << Character.CONNECTOR_PUNCTUATION),
                    Map.entry("Pd", 1 << Character.DASH_PUNCTUATION),
                    Map.entry("Ps", 1 << Character.START_PUNCTUATION),
                    Map.entry("Pe", 1 << Character.END_PUNCTUATION),
                    Map.entry("Pi", 1 << Character.INITIAL_QUOTE_PUNCTUATION),
                    Map.entry("Pf", 1 << Character.FINAL_QUOTE_PUNCTUATION),
                    Map.entry("Po", 1 << Character.OTHER_PUNCTUATION),
                    Map.entry("Sm", 1 << Character.MATH_SYMBOL),
                    Map.entry("Sc", 1 << Character.CURRENCY_SYMBOL),
                    Map.entry("Sk", 1 << Character.MODIFIER_SYMBOL),
                    Map.entry("So", 1 << Character.OTHER_SYMBOL),
                    Map.entry("Zs", 1 << Character.SPACE_SEPARATOR),
                    Map.entry("Zl", 1 << Character.LINE_SEPARATOR),
                    Map.entry("Zp", 1 << Character.PARAGRAPH_SEPARATOR));

    private static final Map<String, Character.UnicodeScript> SCRIPTS =
            Map.of(
                    "Han", Character.UnicodeScript.HAN,
                    "Hiragana", Character.UnicodeScript.HIRAGANA,
                    "Katakana", Character.UnicodeScript.KATAKANA,
                    "Hangul", Character.UnicodeScript.HANGUL);

    private UnicodeProperty() {}

    /// The types of [Character#getType(int)] in a category such as `Lu` or a group such as `L`, one
    /// bit each; 0 if there is none of that name.
    static int types(String name) {
        int types = 0;
        for (Map.Entry<String, Integer> category : CATEGORIES.entrySet()) {
            boolean member =
                    category.getKey().equals(name)
                            || name.length() == 1 && category.getKey().startsWith(name);
            types |= member ? category.getValue() : 0;
        }
        return types;
    }

    static Character.@Nullable UnicodeScript script(String name) {
        return SCRIPTS.get(name);
    }
}
