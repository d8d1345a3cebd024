package dev.gyre.tokenization.corpus.text;

/// The share of a document's characters that repeated n-grams of one length may hold.
///
/// @param words the n-gram's length in words, 1 to 100
/// @param limit a share from 0 to 1; 1 switches the rule off
public record NGramLimit(int words, double limit) {
    public NGramLimit {
        Limits.range("n-gram words", words, 1, 100);
        Limits.share("limit of the " + words + "-gram rule", limit);
    }
}
