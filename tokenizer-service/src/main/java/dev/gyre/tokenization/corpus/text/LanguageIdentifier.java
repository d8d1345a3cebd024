package dev.gyre.tokenization.corpus.text;

import com.optimaize.langdetect.DetectedLanguage;
import com.optimaize.langdetect.LanguageDetector;
import com.optimaize.langdetect.LanguageDetectorBuilder;
import com.optimaize.langdetect.i18n.LdLocale;
import com.optimaize.langdetect.ngram.NgramExtractors;
import com.optimaize.langdetect.profiles.BuiltInLanguages;
import com.optimaize.langdetect.profiles.LanguageProfileReader;
import com.optimaize.langdetect.text.CommonTextObjectFactories;
import com.optimaize.langdetect.text.TextObjectFactory;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;

/// Says the language of a text by the n-grams of 71 languages (Optimaize's language-detector: 2 MB,
/// where lingua is 80 MB and wants more memory than the service has). Looks at three pieces of a
/// long text; the same text always gets the same answer.
final class LanguageIdentifier {
    static final String UNKNOWN = "und";

    /// Characters of each of the three pieces. Longer ones did not change an answer.
    private static final int PIECE = 600;

    private static final List<String> CODES =
            BuiltInLanguages.getLanguages().stream().map(LdLocale::toString).sorted().toList();

    private LanguageIdentifier() {}

    /// The codes that {@link #identify} can answer.
    static List<String> codes() {
        return CODES;
    }

    /// A language and the probability that it is the text's.
    record Identified(String code, double confidence) {}

    static Identified identify(String text) {
        List<DetectedLanguage> languages =
                Models.DETECTOR.getProbabilities(Models.TEXTS.forText(sample(text)));
        if (languages.isEmpty()) {
            return new Identified(UNKNOWN, 0);
        }
        DetectedLanguage best = languages.getFirst();
        return new Identified(best.getLocale().toString(), best.getProbability());
    }

    private static CharSequence sample(String text) {
        if (text.length() <= 3 * PIECE) {
            return text;
        }
        int middle = (text.length() - PIECE) / 2;
        return new StringBuilder(3 * PIECE + 2)
                .append(text, 0, PIECE)
                .append('\n')
                .append(text, middle, middle + PIECE)
                .append('\n')
                .append(text, text.length() - PIECE, text.length());
    }

    /// Read at the first use: the profiles take memory.
    private static final class Models {
        static final TextObjectFactory TEXTS = CommonTextObjectFactories.forDetectingOnLargeText();
        static final LanguageDetector DETECTOR = detector();

        private static LanguageDetector detector() {
            try {
                return LanguageDetectorBuilder.create(NgramExtractors.standard())
                        .withProfiles(new LanguageProfileReader().readAllBuiltIn())
                        .seed(0)
                        .build();
            } catch (IOException e) {
                throw new UncheckedIOException("the language profiles cannot be read", e);
            }
        }
    }
}
