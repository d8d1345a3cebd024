package dev.gyre.tokenization.corpus.text;

/// How often one kind of personal data was replaced in a document.
///
/// @param kind what was replaced
/// @param count number of replacements, at least 1
public record Redaction(PersonalDataKind kind, int count) {}
