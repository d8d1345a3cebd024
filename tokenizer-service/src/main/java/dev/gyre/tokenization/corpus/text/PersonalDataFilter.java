package dev.gyre.tokenization.corpus.text;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// Replaces personal data in one pass from left to right. Every detector looks at a bounded number
/// of characters from where it starts, so that time is linear whatever the text.
final class PersonalDataFilter {
    private final List<Detector> detectors = new ArrayList<>();
    private final boolean emails;
    private final String[] placeholders = new String[PersonalDataKind.values().length];

    /// Finds one kind of personal data where it starts.
    interface Detector {
        /// @param start where a word or number begins
        /// @return where the find ends, or -1
        int end(String text, int start);
    }

    private record Named(PersonalDataKind kind, Detector detector) implements Detector {
        @Override
        public int end(String text, int start) {
            return detector.end(text, start);
        }
    }

    PersonalDataFilter(CorpusRules.PersonalData rules) {
        emails = rules.kinds().contains(PersonalDataKind.EMAIL);
        for (PersonalDataKind kind : ORDER) {
            if (rules.kinds().contains(kind)) {
                detectors.add(new Named(kind, detector(kind, rules)));
            }
        }
        for (PersonalDataKind kind : rules.kinds()) {
            placeholders[kind.ordinal()] = rules.placeholder(kind);
        }
        for (PersonalDataKind kind : rules.kinds()) {
            String placeholder = rules.placeholder(kind);
            int[] finds = new int[placeholders.length];
            redact(placeholder, finds);
            if (Arrays.stream(finds).sum() > 0) {
                throw new IllegalArgumentException(
                        "placeholder \""
                                + placeholder
                                + "\" is itself personal data; take a word such as <{kind}>");
            }
        }
    }

    /// The most certain first: those with check digits before those with a form only.
    private static final List<PersonalDataKind> ORDER =
            List.of(
                    PersonalDataKind.IPV6,
                    PersonalDataKind.IPV4,
                    PersonalDataKind.IBAN,
                    PersonalDataKind.IT_TAX_CODE,
                    PersonalDataKind.FR_NIR,
                    PersonalDataKind.PAYMENT_CARD,
                    PersonalDataKind.US_SSN,
                    PersonalDataKind.GB_NINO,
                    PersonalDataKind.ES_DNI,
                    PersonalDataKind.BR_CPF,
                    PersonalDataKind.DE_TAX_ID,
                    PersonalDataKind.PHONE);

    private static Detector detector(PersonalDataKind kind, CorpusRules.PersonalData rules) {
        return switch (kind) {
            case EMAIL -> (_, _) -> -1;
            case PHONE -> new Phones(rules.phoneRegions());
            case PAYMENT_CARD -> PaymentCards::end;
            case IBAN -> Ibans::end;
            case IPV4 ->
                    (text, start) -> Addresses.ipv4End(text, start, rules.publicAddressesOnly());
            case IPV6 ->
                    (text, start) -> Addresses.ipv6End(text, start, rules.publicAddressesOnly());
            case US_SSN -> NationalIds::socialSecurityNumberEnd;
            case GB_NINO -> NationalIds::nationalInsuranceNumberEnd;
            case DE_TAX_ID -> NationalIds::germanTaxIdEnd;
            case ES_DNI -> NationalIds::spanishIdEnd;
            case FR_NIR -> NationalIds::frenchIdEnd;
            case IT_TAX_CODE -> NationalIds::italianTaxCodeEnd;
            case BR_CPF -> NationalIds::brazilianIdEnd;
        };
    }

    /// @param counts replacements of each kind, added to
    String redact(String text, int[] counts) {
        if (detectors.isEmpty() && !emails) {
            return text;
        }
        StringBuilder redacted = null;
        int copied = 0;
        for (int i = 0; i < text.length(); ) {
            char unit = text.charAt(i);
            int start = i;
            int end = -1;
            PersonalDataKind kind = PersonalDataKind.EMAIL;
            if (unit == '@') {
                if (emails) {
                    start = Emails.start(text, i, copied);
                    end = start < i ? Emails.end(text, i) : -1;
                }
            } else if (mayBegin(text, i, unit)) {
                for (Detector detector : detectors) {
                    end = detector.end(text, i);
                    if (end >= 0) {
                        kind = ((Named) detector).kind();
                        break;
                    }
                }
            }
            if (end >= 0) {
                if (redacted == null) {
                    redacted = new StringBuilder(text.length());
                }
                redacted.append(text, copied, start).append(placeholders[kind.ordinal()]);
                counts[kind.ordinal()]++;
                copied = end;
                i = end;
            } else {
                i++;
            }
        }
        return redacted == null ? text : redacted.append(text, copied, text.length()).toString();
    }

    /// Whether something but an e-mail address can begin here: a digit, a plus, an opening bracket
    /// or colon before one, or a word with a digit among its first characters; and nothing that
    /// belongs to it stands before.
    private static boolean mayBegin(String text, int i, char unit) {
        if (unit >= 0x80) {
            return false;
        }
        boolean begins =
                switch (unit) {
                    case '+', '(' -> hasDigit(text, i + 1, i + 2);
                    case ':' -> i + 1 < text.length() && text.charAt(i + 1) == ':';
                    default ->
                            unit >= '0' && unit <= '9'
                                    || Scripts.ASCII_WORD[unit]
                                            && !Boundaries.isWordBefore(text, i)
                                            && hasDigitOrColon(text, i + 1, i + 8);
                };
        return begins && !Boundaries.isWordBefore(text, i);
    }

    private static boolean hasDigit(String text, int from, int to) {
        for (int i = from; i < Math.min(to, text.length()); i++) {
            if (Boundaries.isDigit(text, i)) {
                return true;
            }
        }
        return false;
    }

    private static boolean hasDigitOrColon(String text, int from, int to) {
        for (int i = from; i < Math.min(to, text.length()); i++) {
            char unit = text.charAt(i);
            if (unit == ':' || unit >= '0' && unit <= '9') {
                return true;
            }
            if (unit >= 0x80 || !Scripts.ASCII_WORD[unit] && unit != ' ') {
                return false;
            }
        }
        return false;
    }
}
