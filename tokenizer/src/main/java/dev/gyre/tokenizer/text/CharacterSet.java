package dev.gyre.tokenizer.text;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.BitSet;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;

/// Sets of characters as Hugging Face tokenizers sees them.
///
/// Its parts follow different versions of Unicode, none of them Java's, so the sets stand in a file
/// that was made by asking it.
public enum CharacterSet {
    /// Control characters that BERT's normaliser takes out.
    BERT_REMOVED,
    /// Whitespace that BERT's normaliser turns into a blank.
    BERT_SPACE,
    /// Characters that BERT's normaliser puts between blanks.
    BERT_CHINESE,
    /// Marks that BERT's normaliser takes out after decomposition.
    NONSPACING_MARK,
    /// Marks that `StripAccents` takes out.
    COMBINING_MARK,
    /// Characters that `Nmt` takes out.
    NMT_REMOVED,
    /// Characters that `Nmt` turns into a blank.
    NMT_SPACE,
    /// ASCII punctuation and Unicode's.
    PUNCTUATION,
    /// The regular expression `\w`.
    WORD,
    /// Rust's `char::is_numeric`.
    NUMERIC;

    private final BitSet members =
            Objects.requireNonNull(
                    SetFile.SETS.get(name().toLowerCase(Locale.ROOT).replace('_', '-')), name());

    /// Whether the set has a character.
    public boolean contains(int codePoint) {
        return members.get(codePoint);
    }

    private static final class SetFile {
        static final Map<String, BitSet> SETS = read();
    }

    private static Map<String, BitSet> read() {
        Map<String, BitSet> sets = new HashMap<>();
        try (InputStream in = CharacterSet.class.getResourceAsStream("character-sets.txt");
                BufferedReader lines =
                        new BufferedReader(
                                new InputStreamReader(
                                        Objects.requireNonNull(in), StandardCharsets.US_ASCII))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                if (!line.startsWith("#")) {
                    String[] parts = line.split(" ");
                    sets.put(parts[0], set(parts));
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read the character sets", e);
        }
        return sets;
    }

    private static BitSet set(String[] parts) {
        BitSet set = new BitSet();
        for (int i = 1; i < parts.length; i++) {
            int dash = parts[i].indexOf('-');
            int first = Integer.parseInt(dash < 0 ? parts[i] : parts[i].substring(0, dash), 16);
            int last = dash < 0 ? first : Integer.parseInt(parts[i].substring(dash + 1), 16);
            set.set(first, last + 1);
        }
        return set;
    }
}
