package dev.gyre.tokenization.corpus.text;

import java.util.List;

/// Identity, tax and insurance numbers of single countries. Those with check digits are believed by
/// them; those without need their printed form, or a word before that says what they are.
final class NationalIds {
    private static final List<String> SOCIAL_SECURITY =
            List.of("ssn", "social security", "soc. sec");
    private static final List<String> CPF = List.of("cpf");

    /// Tax codes' characters at odd places (Italian decree of 23 December 1976, article 8), for 0
    /// to 9 and A to Z.
    private static final int[] ODD = {
        1, 0, 5, 7, 9, 13, 15, 17, 19, 21, 1, 0, 5, 7, 9, 13, 15, 17, 19, 21, 2, 4, 18, 20, 11, 3,
        6, 8, 12, 14, 16, 10, 22, 25, 24, 23
    };

    private NationalIds() {}

    /// United States: `AAA-GG-SSSS`; area 000, 666 and 900 to 999, group 00 and serial 0000 were
    /// never given (Social Security Administration, POMS RM 10201.035).
    static int socialSecurityNumberEnd(String text, int start) {
        if (!Boundaries.isDigit(text, start)) {
            return -1;
        }
        Boundaries.Grouped number = Boundaries.grouped(text, start, 3);
        boolean printed = number.form().equals("3-2-4") || number.form().equals("3 2 4");
        boolean bare = number.form().startsWith("9") && number.digits().length() >= 9;
        if (bare) {
            number = Boundaries.grouped(text, start, 1);
        }
        String digits = number.digits();
        if (!printed && !(bare && Boundaries.hasCue(text, start, SOCIAL_SECURITY))) {
            return -1;
        }
        int area = Integer.parseInt(digits, 0, 3, 10);
        boolean given =
                area != 0
                        && area != 666
                        && area < 900
                        && !digits.startsWith("00", 3)
                        && !digits.startsWith("0000", 5)
                        && !digits.equals("078051120")
                        && !digits.equals("219099999");
        return given && Boundaries.isAlone(text, start, number.end()) ? number.end() : -1;
    }

    /// United Kingdom: two letters, six digits, a letter from A to D (HMRC, NIM39110).
    static int nationalInsuranceNumberEnd(String text, int start) {
        if (!isUpper(text, start) || !isUpper(text, start + 1)) {
            return -1;
        }
        Boundaries.Spaced number = Boundaries.spaced(text, start, 9);
        String id = number.characters();
        if (id.length() < 9
                || "DFIQUV".indexOf(id.charAt(0)) >= 0
                || "DFIQUVO".indexOf(id.charAt(1)) >= 0
                || List.of("BG", "GB", "KN", "NK", "NT", "TN", "ZZ").contains(id.substring(0, 2))
                || !isDigits(id, 2, 8)
                || "ABCD".indexOf(text.charAt(number.ends()[8] - 1)) < 0) {
            return -1;
        }
        return Boundaries.isAlone(text, start, number.ends()[8]) ? number.ends()[8] : -1;
    }

    /// Germany's Steuer-Identifikationsnummer: 11 digits, none first zero; among the first ten one
    /// digit twice or three times (not three in a row) and the others once; check digit by ISO/IEC
    /// 7064 MOD 11,10.
    static int germanTaxIdEnd(String text, int start) {
        if (!Boundaries.isDigit(text, start)) {
            return -1;
        }
        for (int groups = 4; groups > 0; groups -= 3) {
            Boundaries.Grouped number = Boundaries.grouped(text, start, groups);
            String digits = number.digits();
            boolean form = number.form().equals("11") || number.form().equals("2 3 3 3");
            if (form && isGermanTaxId(digits) && Boundaries.isAlone(text, start, number.end())) {
                return number.end();
            }
        }
        return -1;
    }

    private static boolean isGermanTaxId(String digits) {
        int[] counts = new int[10];
        int product = 10;
        for (int i = 0; i < 10; i++) {
            int digit = digits.charAt(i) - '0';
            counts[digit]++;
            int sum = (digit + product) % 10;
            product = 2 * (sum == 0 ? 10 : sum) % 11;
            if (i > 1
                    && digits.charAt(i - 1) == digits.charAt(i)
                    && digits.charAt(i - 2) == digits.charAt(i)) {
                return false;
            }
        }
        int repeated = 0;
        for (int count : counts) {
            if (count > 3) {
                return false;
            }
            repeated += count > 1 ? 1 : 0;
        }
        return digits.charAt(0) != '0'
                && repeated == 1
                && (11 - product) % 10 == digits.charAt(10) - '0';
    }

    /// Spain's DNI (eight digits and a letter) and NIE (X, Y or Z, seven digits and a letter): the
    /// letter is the number modulo 23.
    static int spanishIdEnd(String text, int start) {
        int first = "XYZ".indexOf(text.charAt(start));
        int from = first < 0 ? start : start + 1;
        if (first >= 0 && from < text.length() && Boundaries.isHyphen(text.charAt(from))) {
            from++;
        }
        if (!Boundaries.isDigit(text, from)) {
            return -1;
        }
        Boundaries.Grouped number = Boundaries.grouped(text, from, 3);
        String form = number.form();
        boolean printed =
                first < 0
                        ? form.equals("8") || form.equals("2.3.3")
                        : form.equals("7") || form.equals("1.3.3");
        int letter = number.end();
        if (letter < text.length()
                && (Boundaries.isHyphen(text.charAt(letter)) || text.charAt(letter) == ' ')) {
            letter++;
        }
        if (!printed || !isUpper(text, letter)) {
            return -1;
        }
        int value = Integer.parseInt((first < 0 ? "" : first) + number.digits());
        return "TRWAGMYFPDXBNJZSQVHLCKE".charAt(value % 23) == text.charAt(letter)
                        && Boundaries.isAlone(text, start, letter + 1)
                ? letter + 1
                : -1;
    }

    /// France's NIR: sex, year, month, department (2A and 2B for Corsica), commune, order and a
    /// key, which is 97 less the number modulo 97.
    static int frenchIdEnd(String text, int start) {
        char sex = text.charAt(start);
        if ("123478".indexOf(sex) < 0) {
            return -1;
        }
        Boundaries.Spaced number = Boundaries.spaced(text, start, 15);
        String id = number.characters();
        if (id.length() < 15 || !isDigits(id, 0, 6) || !isDigits(id, 7, 15)) {
            return -1;
        }
        char department = id.charAt(6);
        boolean corsica = id.charAt(5) == '2' && (department == 'A' || department == 'B');
        if (!corsica && !isDigits(id, 6, 7)) {
            return -1;
        }
        int month = Integer.parseInt(id, 3, 5, 10);
        boolean dated = month >= 1 && month <= 12 || month >= 20 && month <= 42 || month >= 50;
        long value =
                Long.parseLong(
                        id.substring(0, 6) + (corsica ? '0' : department) + id.substring(7, 13));
        // 2A counts as 19 and 2B as 18
        value -= corsica ? (department == 'A' ? 1_000_000L : 2_000_000L) : 0;
        int end = number.ends()[14];
        return dated
                        && 97 - value % 97 == Integer.parseInt(id, 13, 15, 10)
                        && Boundaries.isAlone(text, start, end)
                ? end
                : -1;
    }

    /// Italy's codice fiscale: 16 characters, the last a check character; where two people would
    /// have the same, letters stand for digits (omocodia).
    static int italianTaxCodeEnd(String text, int start) {
        if (start + 16 > text.length()) {
            return -1;
        }
        String code = text.substring(start, start + 16);
        int sum = 0;
        for (int i = 0; i < 16; i++) {
            char unit = code.charAt(i);
            boolean digit = unit >= '0' && unit <= '9';
            boolean letter = unit >= 'A' && unit <= 'Z';
            boolean numeric = i >= 6 && i != 8 && i != 11 && i != 15;
            if (!(letter && (!numeric || "LMNPQRSTUV".indexOf(unit) >= 0)) && !(digit && numeric)
                    || i == 8 && "ABCDEHLMPRST".indexOf(unit) < 0) {
                return -1;
            }
            if (i < 15) {
                int value = digit ? unit - '0' : unit - 'A';
                sum += i % 2 == 1 ? value : ODD[Character.digit(unit, 36)];
            }
        }
        return 'A' + sum % 26 == code.charAt(15) && Boundaries.isAlone(text, start, start + 16)
                ? start + 16
                : -1;
    }

    /// Brazil's CPF: eleven digits, the last two check digits modulo 11; printed as
    /// `000.000.000-00`, or bare after the word CPF.
    static int brazilianIdEnd(String text, int start) {
        if (!Boundaries.isDigit(text, start)) {
            return -1;
        }
        Boundaries.Grouped number = Boundaries.grouped(text, start, 4);
        if (number.form().startsWith("11")) {
            number = Boundaries.grouped(text, start, 1);
        }
        boolean printed = number.form().equals("3.3.3-2");
        boolean bare = number.form().equals("11") && Boundaries.hasCue(text, start, CPF);
        String digits = number.digits();
        if (!printed && !bare || digits.chars().distinct().count() == 1) {
            return -1;
        }
        return cpfDigit(digits, 9) == digits.charAt(9) - '0'
                        && cpfDigit(digits, 10) == digits.charAt(10) - '0'
                        && Boundaries.isAlone(text, start, number.end())
                ? number.end()
                : -1;
    }

    private static int cpfDigit(String digits, int length) {
        int sum = 0;
        for (int i = 0; i < length; i++) {
            sum += (length + 1 - i) * (digits.charAt(i) - '0');
        }
        return sum * 10 % 11 % 10;
    }

    private static boolean isUpper(String text, int i) {
        return i < text.length() && text.charAt(i) >= 'A' && text.charAt(i) <= 'Z';
    }

    private static boolean isDigits(String text, int from, int to) {
        for (int i = from; i < to; i++) {
            if (!Boundaries.isDigit(text, i)) {
                return false;
            }
        }
        return true;
    }
}
