package dev.gyre.tokenization.corpus.text;

import java.util.HashMap;
import java.util.Map;

/// International bank account numbers (ISO 13616): the country's length and the check modulo 97.
final class Ibans {
    /// Lengths by country: SWIFT's IBAN registry.
    private static final Map<String, Integer> LENGTHS = new HashMap<>();

    static {
        String registry =
                "NO15 BE16 DK18 FI18 FK18 FO18 GL18 NL18 SD18 MK19 SI19 AT20 BA20 EE20 KZ20 LT20"
                        + " LU20 MN20 XK20 CH21 HR21 LI21 LV21 BG22 BH22 CR22 DE22 GB22 GE22 IE22"
                        + " ME22 RS22 VA22 AE23 GI23 IL23 IQ23 OM23 SO23 TL23 AD24 CZ24 ES24 MD24"
                        + " PK24 RO24 SA24 SE24 SK24 TN24 VG24 LY25 PT25 ST25 IS26 TR26 BI27 DJ27"
                        + " FR27 GR27 IT27 MC27 MR27 SM27 AL28 AZ28 BY28 CY28 DO28 GT28 HU28 LB28"
                        + " NI28 PL28 SV28 BR29 EG29 PS29 QA29 UA29 JO30 KW30 MU30 MT31 SC31 LC32"
                        + " RU33 YE30 HN28";
        for (String entry : registry.split(" ", -1)) {
            LENGTHS.put(entry.substring(0, 2), Integer.valueOf(entry.substring(2)));
        }
    }

    private Ibans() {}

    static int end(String text, int start) {
        if (!Boundaries.isDigit(text, start + 2) || !Boundaries.isDigit(text, start + 3)) {
            return -1;
        }
        Integer length = LENGTHS.get(text.substring(start, start + 2));
        if (length == null) {
            return -1;
        }
        Boundaries.Spaced iban = Boundaries.spaced(text, start, length);
        if (iban.characters().length() < length) {
            return -1;
        }
        int end = iban.ends()[length - 1];
        return remainder(iban.characters()) == 1 && Boundaries.isAlone(text, start, end) ? end : -1;
    }

    private static int remainder(String iban) {
        int remainder = 0;
        for (int i = 0; i < iban.length(); i++) {
            int value = Character.digit(iban.charAt((i + 4) % iban.length()), 36);
            remainder = (value > 9 ? 100 * remainder + value : 10 * remainder + value) % 97;
        }
        return remainder;
    }
}
