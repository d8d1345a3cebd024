package dev.gyre.tokenization.corpus.text;

import com.google.i18n.phonenumbers.NumberParseException;
import com.google.i18n.phonenumbers.PhoneNumberUtil;
import com.google.i18n.phonenumbers.Phonenumber.PhoneNumber;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Phone numbers that Google's libphonenumber knows as given out: international ones after a plus,
/// and national ones of some regions in the groups in which they are printed there. A number
/// without groups counts only after a word such as phone.
final class Phones implements PersonalDataFilter.Detector {
    private static final PhoneNumberUtil NUMBERS = PhoneNumberUtil.getInstance();

    /// ITU-T E.164.
    private static final int MAX_DIGITS = 15;

    private static final int MIN_DIGITS = 7;
    private static final int MAX_CHARACTERS = 30;

    private static final List<String> CUES =
            List.of(
                    "tel",
                    "phone",
                    "mobile",
                    "mobil",
                    "cell",
                    "fax",
                    "call",
                    "whatsapp",
                    "handy",
                    "téléphone",
                    "móvil",
                    "celular",
                    "cellulare",
                    "电话",
                    "手机");

    /// Numbers that look like phone numbers and are none.
    private static final List<String> OTHERS = List.of("isbn", "issn", "order", "invoice", "doi");

    private final List<String> regions;

    Phones(List<String> regions) {
        this.regions = regions;
    }

    static void checkRegion(String region) {
        if (!NUMBERS.getSupportedRegions().contains(region)) {
            throw new IllegalArgumentException(
                    "phone region \""
                            + region
                            + "\" is not known; give ISO 3166 codes in capitals, such as US");
        }
    }

    @Override
    public int end(String text, int start) {
        char first = text.charAt(start);
        if (first != '+' && first != '(' && !Boundaries.isDigit(text, start)) {
            return -1;
        }
        if (first != '(' && start > 0 && isJoined(text, start)) {
            return -1;
        }
        int limit = Math.min(text.length(), start + MAX_CHARACTERS);
        List<Integer> ends = new ArrayList<>();
        int digits = 0;
        int i = start + (first == '+' ? 1 : 0);
        while (i < limit && digits <= MAX_DIGITS) {
            if (Boundaries.isDigit(text, i)) {
                digits++;
                i++;
                if (!Boundaries.isDigit(text, i)) {
                    if (digits >= MIN_DIGITS && digits <= MAX_DIGITS) {
                        ends.add(i);
                    }
                }
            } else if (isSeparator(text, i, start)) {
                i++;
            } else {
                break;
            }
        }
        // a longer row of numbers is a table
        if (digits > MAX_DIGITS && first != '+') {
            return -1;
        }
        for (int end : ends.reversed()) {
            if (Boundaries.isAlone(text, start, end) && isPhone(text, start, end)) {
                return end;
            }
        }
        return -1;
    }

    private static boolean isJoined(String text, int start) {
        char before = text.charAt(start - 1);
        return before == '(' || (before == ' ' && Boundaries.isDigit(text, start - 2));
    }

    private static boolean isSeparator(String text, int i, int start) {
        char unit = text.charAt(i);
        if (unit == '(') {
            return Boundaries.isDigit(text, i + 1);
        }
        boolean separator =
                Boundaries.isGap(unit)
                        || Boundaries.isHyphen(unit)
                        || unit == '.'
                        || unit == '/'
                        || unit == ')';
        return separator
                && i > start
                && (Boundaries.isDigit(text, i - 1) || text.charAt(i - 1) == ')');
    }

    private boolean isPhone(String text, int start, int end) {
        String written = text.substring(start, end).replace('/', ' ');
        if (written.charAt(0) == '+') {
            PhoneNumber number = parse(written, "ZZ");
            return number != null && NUMBERS.isValidNumber(number);
        }
        boolean cue = Boundaries.hasCue(text, start, CUES);
        List<Integer> groups = groups(written);
        if (!cue && (groups.size() < 2 || groups.size() > 6)
                || Boundaries.hasCue(text, start, OTHERS)) {
            return false;
        }
        for (String region : regions) {
            PhoneNumber number = parse(written, region);
            if (number != null
                    && number.getCountryCode() == NUMBERS.getCountryCodeForRegion(region)
                    && NUMBERS.isValidNumberForRegion(number, region)
                    && (cue || isPrinted(written, groups, number))) {
                return true;
            }
        }
        return false;
    }

    /// Whether the groups are those of the region, or at least its trunk zero and area code are.
    private static boolean isPrinted(String written, List<Integer> groups, PhoneNumber number) {
        List<Integer> printed =
                groups(NUMBERS.format(number, PhoneNumberUtil.PhoneNumberFormat.NATIONAL));
        boolean trunk = written.startsWith("0") || written.startsWith("(0");
        List<Integer> own =
                !trunk && written.startsWith("1") && groups.size() == printed.size() + 1
                        ? groups.subList(1, groups.size())
                        : groups;
        return own.equals(printed) || trunk && own.getFirst().equals(printed.getFirst());
    }

    private static @Nullable PhoneNumber parse(String written, String region) {
        try {
            return NUMBERS.parse(written, region);
        } catch (NumberParseException e) {
            return null;
        }
    }

    private static List<Integer> groups(String written) {
        List<Integer> groups = new ArrayList<>();
        int digits = 0;
        for (int i = 0; i <= written.length(); i++) {
            if (Boundaries.isDigit(written, i)) {
                digits++;
            } else if (digits > 0) {
                groups.add(digits);
                digits = 0;
            }
        }
        return groups;
    }
}
