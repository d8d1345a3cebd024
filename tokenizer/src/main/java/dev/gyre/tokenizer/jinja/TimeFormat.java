package dev.gyre.tokenizer.jinja;

import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/// Python's `strftime`, in English.
final class TimeFormat {
    private TimeFormat() {}

    static String format(ZonedDateTime time, String format) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < format.length(); i++) {
            char c = format.charAt(i);
            if (c != '%' || i + 1 == format.length()) {
                text.append(c);
                continue;
            }
            char field = format.charAt(++i);
            text.append(field == '%' ? "%" : pattern(field).format(time));
        }
        return text.toString();
    }

    private static DateTimeFormatter pattern(char field) {
        String pattern =
                switch (field) {
                    case 'Y' -> "uuuu";
                    case 'y' -> "uu";
                    case 'm' -> "MM";
                    case 'd' -> "dd";
                    case 'B' -> "MMMM";
                    case 'b' -> "MMM";
                    case 'A' -> "EEEE";
                    case 'a' -> "EEE";
                    case 'H' -> "HH";
                    case 'I' -> "hh";
                    case 'M' -> "mm";
                    case 'S' -> "ss";
                    case 'p' -> "a";
                    case 'j' -> "DDD";
                    default ->
                            throw new IllegalArgumentException(
                                    "strftime_now: %%%s is not supported".formatted(field));
                };
        return DateTimeFormatter.ofPattern(pattern, Locale.ENGLISH);
    }
}
