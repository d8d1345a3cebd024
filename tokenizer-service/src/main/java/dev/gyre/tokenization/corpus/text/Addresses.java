package dev.gyre.tokenization.corpus.text;

import java.util.List;

/// IPv4 and IPv6 addresses in their usual spelling (RFC 4291, section 2.2; RFC 5952).
final class Addresses {
    private static final int MAX_IPV6 = 45;

    /// Before `1.2.3.4` these make it a version or a section.
    private static final List<String> VERSIONS =
            List.of("version", "ver.", "release", "build", "section", "chapter", "firmware", "§");

    private Addresses() {}

    static int ipv4End(String text, int start, boolean publicOnly) {
        int[] bytes = new int[4];
        int i = start;
        for (int part = 0; part < 4; part++) {
            if (part > 0 && !(i < text.length() && text.charAt(i++) == '.')) {
                return -1;
            }
            int from = i;
            int value = 0;
            while (Boundaries.isDigit(text, i) && i - from < 3) {
                value = 10 * value + text.charAt(i++) - '0';
            }
            if (i == from || value > 255 || i - from > 1 && text.charAt(from) == '0') {
                return -1;
            }
            bytes[part] = value;
        }
        boolean range =
                i < text.length() && text.charAt(i) == '/' && Boundaries.isDigit(text, i + 1);
        if (!range && !Boundaries.isAlone(text, start, i)
                || range && Boundaries.isWordBefore(text, start)
                || publicOnly && !isPublic(bytes)
                || Boundaries.isLabelled(text, start, VERSIONS)) {
            return -1;
        }
        return i;
    }

    /// Globally reachable (IANA's IPv4 Special-Purpose Address Registry).
    private static boolean isPublic(int[] bytes) {
        int a = bytes[0];
        int b = bytes[1];
        int c = bytes[2];
        return !(a == 0
                || a == 10
                || a == 127
                || a >= 224
                || a == 100 && b >= 64 && b < 128
                || a == 169 && b == 254
                || a == 172 && b >= 16 && b < 32
                || a == 192 && b == 168
                || a == 192 && b == 0 && (c == 0 || c == 2)
                || a == 198 && (b == 18 || b == 19 || b == 51 && c == 100)
                || a == 203 && b == 0 && c == 113);
    }

    static int ipv6End(String text, int start, boolean publicOnly) {
        int[] groups = new int[8];
        int count = 0;
        int gap = -1;
        int i = start;
        boolean digit = false;
        int end = -1;
        if (text.startsWith("::", i)) {
            gap = 0;
            i += 2;
            end = i;
        }
        while (count < 8 && i - start <= MAX_IPV6) {
            int from = i;
            int value = 0;
            while (i < text.length()
                    && i - from < 4
                    && Character.digit(text.charAt(i), 16) >= 0
                    && text.charAt(i) < 0x80) {
                digit |= Boundaries.isDigit(text, i);
                value = 16 * value + Character.digit(text.charAt(i++), 16);
            }
            if (i == from) {
                break;
            }
            if (i < text.length() && text.charAt(i) == '.' && count <= 6) {
                int last = ipv4Tail(text, from);
                if (last >= 0) {
                    count += 2;
                    end = last;
                    break;
                }
            }
            groups[count++] = value;
            end = i;
            if (text.startsWith("::", i) && gap < 0) {
                gap = count;
                i += 2;
                end = i;
            } else if (i < text.length() && text.charAt(i) == ':' && count < 8) {
                i++;
            } else {
                break;
            }
        }
        boolean whole = gap < 0 ? count == 8 : count < 8;
        if (!whole
                || end < 0
                || !digit
                || Boundaries.isWordAt(text, end)
                || start > 0 && text.charAt(start - 1) == ':'
                || end < text.length()
                        && text.charAt(end) == ':'
                        && Boundaries.isWordAt(text, end + 1)
                || publicOnly && !isPublic(groups, gap)) {
            return -1;
        }
        return end;
    }

    private static int ipv4Tail(String text, int start) {
        String tail = text.substring(start, Math.min(text.length(), start + 17));
        int end = ipv4End(tail, 0, false);
        return end < 0 ? -1 : start + end;
    }

    /// Global unicast (2000::/3) but documentation (2001:db8::/32, 3fff::/20).
    private static boolean isPublic(int[] groups, int gap) {
        boolean unicast = gap != 0 && groups[0] >>> 13 == 1;
        boolean documentation =
                groups[0] == 0x2001 && groups[1] == 0xdb8 && gap != 1
                        || groups[0] == 0x3fff && (gap == 1 || groups[1] < 0x1000);
        return unicast && !documentation;
    }
}
