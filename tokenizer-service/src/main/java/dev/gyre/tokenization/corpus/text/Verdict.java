package dev.gyre.tokenization.corpus.text;

import java.util.List;

/// What became of a document.
public sealed interface Verdict {

    /// The document stays.
    ///
    /// @param text normalised, without the lines that the line rules remove, personal data replaced
    /// @param redactions what was replaced, by kind in the order of {@link PersonalDataKind}
    /// @param language ISO 639-1 code where there is one, `und` where none was sure enough
    record Kept(String text, List<Redaction> redactions, String language) implements Verdict {
        public Kept {
            redactions = List.copyOf(redactions);
        }
    }

    /// A rule removed the document.
    ///
    /// @param rule the rule's name in CORPUS.md, such as `symbol-ratio`
    /// @param measured what was measured and the limit, such as `symbol-to-word ratio 0.31, limit
    ///   0.10`
    record Removed(String rule, String measured) implements Verdict {}
}
