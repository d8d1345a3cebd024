package dev.gyre.tokenization.corpus.text;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/// Cleans and judges documents by a corpus' rules. Pure, deterministic and safe for many threads;
/// time is linear in the text's length. Cleaning a kept text again keeps it as it is.
public final class DocumentCleaner {
    /// Passes after which a text must not change any more. One usually suffices; a second is needed
    /// where what one rule takes out makes new work for another.
    private static final int MAX_PASSES = 8;

    private final CorpusRules rules;
    private final LineRules lines;
    private final QualityRules quality;
    private final RepetitionRules repetition;
    private final PersonalDataFilter personalData;

    public DocumentCleaner(CorpusRules rules) {
        this.rules = rules;
        lines = new LineRules(rules.lines());
        quality = new QualityRules(rules.quality());
        repetition = new RepetitionRules(rules.repetition());
        personalData = new PersonalDataFilter(rules.personalData());
    }

    /// Normalises the text, replaces personal data, takes out the lines that the line rules refuse,
    /// and judges what is left.
    public Verdict clean(String text) {
        int[] counts = new int[PersonalDataKind.values().length];
        String clean = TextNormalizer.normalize(text);
        for (int pass = 0; ; pass++) {
            String redacted = personalData.redact(clean, counts);
            LineRules.Outcome outcome = lines.apply(TextNormalizer.normalize(redacted));
            if (outcome.removed() != null) {
                return outcome.removed();
            }
            if (outcome.text().equals(clean)) {
                break;
            }
            if (pass == MAX_PASSES) {
                return new Verdict.Removed(
                        "unstable", "still changes after " + pass + " passes, limit " + MAX_PASSES);
            }
            clean = outcome.text();
        }
        return judge(clean, counts);
    }

    private Verdict judge(String text, int[] counts) {
        if (text.isEmpty()) {
            return new Verdict.Removed("empty", "0 characters, limit 1");
        }
        Words words = new Words(text);
        Verdict.Removed removed = quality.check(text, words);
        if (removed == null) {
            removed = lines.check(text);
        }
        if (removed == null) {
            removed = repetition.check(text, words);
        }
        if (removed != null) {
            return removed;
        }
        LanguageIdentifier.Identified identified = LanguageIdentifier.identify(text);
        boolean known = identified.confidence() >= rules.languages().minConfidence();
        String language = known ? identified.code() : LanguageIdentifier.UNKNOWN;
        List<String> allowed = rules.languages().allowed();
        if (!allowed.isEmpty() && !allowed.contains(language)) {
            return new Verdict.Removed(
                    "language",
                    String.format(
                            Locale.ROOT,
                            "%s with confidence %.2f, allowed %s with at least %.2f",
                            identified.code(),
                            identified.confidence(),
                            String.join(", ", allowed),
                            rules.languages().minConfidence()));
        }
        if (language.equals("en") || !known) {
            removed = quality.checkStopWords(text, words);
            if (removed != null) {
                return removed;
            }
        }
        return new Verdict.Kept(text, redactions(counts), language);
    }

    private static List<Redaction> redactions(int[] counts) {
        List<Redaction> redactions = new ArrayList<>();
        Arrays.stream(PersonalDataKind.values())
                .filter(kind -> counts[kind.ordinal()] > 0)
                .forEach(kind -> redactions.add(new Redaction(kind, counts[kind.ordinal()])));
        return redactions;
    }
}
