package dev.gyre.tokenization.corpus.text;

import java.util.Set;

/// Numbers of payment cards: 13 to 19 digits, alone or in the groups that are printed on cards,
/// with a network's prefix and length and Luhn's check digit (ISO/IEC 7812-1).
final class PaymentCards {
    private static final Set<String> FORMS =
            Set.of(
                    "13",
                    "14",
                    "15",
                    "16",
                    "17",
                    "18",
                    "19",
                    "4 4 4 4",
                    "4-4-4-4",
                    "4 4 4 4 3",
                    "4-4-4-4-3",
                    "4 6 5",
                    "4-6-5",
                    "4 6 4",
                    "4-6-4",
                    "6 13",
                    "6-13");

    private PaymentCards() {}

    static int end(String text, int start) {
        if (!Boundaries.isDigit(text, start)) {
            return -1;
        }
        for (int groups = 5; groups > 0; groups--) {
            Boundaries.Grouped number = Boundaries.grouped(text, start, groups);
            String digits = number.digits();
            if (digits.length() < 13) {
                return -1;
            }
            if (FORMS.contains(number.form())
                    && isNetwork(digits)
                    && luhn(digits)
                    && Boundaries.isAlone(text, start, number.end())) {
                return number.end();
            }
        }
        return -1;
    }

    private static boolean isNetwork(String digits) {
        int length = digits.length();
        int two = Integer.parseInt(digits, 0, 2, 10);
        int three = Integer.parseInt(digits, 0, 3, 10);
        int four = Integer.parseInt(digits, 0, 4, 10);
        boolean visa = two / 10 == 4 && (length == 13 || length == 16 || length == 19);
        boolean mastercard =
                length == 16 && (two >= 51 && two <= 55 || four >= 2221 && four <= 2720);
        boolean americanExpress = length == 15 && (two == 34 || two == 37);
        boolean discover =
                length >= 16 && (four == 6011 || three >= 644 && three <= 649 || two == 65);
        boolean diners =
                length >= 14
                        && (three >= 300 && three <= 305 || two == 36 || two == 38 || two == 39);
        boolean jcb = length >= 16 && four >= 3528 && four <= 3589;
        boolean unionPay = length >= 16 && two == 62;
        boolean maestro =
                four == 5018
                        || four == 5020
                        || four == 5038
                        || four == 5893
                        || four == 6304
                        || four == 6759
                        || four >= 6761 && four <= 6763;
        boolean mir = length >= 16 && four >= 2200 && four <= 2204;
        return visa
                || mastercard
                || americanExpress
                || discover
                || diners
                || jcb
                || unionPay
                || maestro
                || mir;
    }

    private static boolean luhn(String digits) {
        int sum = 0;
        for (int i = 0; i < digits.length(); i++) {
            int digit = digits.charAt(digits.length() - 1 - i) - '0';
            int doubled = i % 2 == 0 ? digit : 2 * digit;
            sum += doubled > 9 ? doubled - 9 : doubled;
        }
        return sum % 10 == 0;
    }
}
