package dev.gyre.tokenization.corpus.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PersonalDataFilterTest {
    private final PersonalDataFilter filter =
            new PersonalDataFilter(CorpusRules.PersonalData.DEFAULT);

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "EMAIL|Mail joe.blogs+x@example.co.uk.|Mail <EMAIL>.",
                "EMAIL|see <jörg@müller.example>|see <<EMAIL>>",
                "PHONE|+49 30 901820|<PHONE>",
                "PHONE|or (415) 555-2671 today|or <PHONE> today",
                "PHONE|1-800-356-9377|<PHONE>",
                "PHONE|01 42 68 53 00|<PHONE>",
                "PHONE|020 7946 0958|<PHONE>",
                "PHONE|030/901820|<PHONE>",
                "PHONE|phone 4158675309|phone <PHONE>",
                "PAYMENT_CARD|4111 1111 1111 1111 exp 12/27|<PAYMENT_CARD> exp 12/27",
                "PAYMENT_CARD|378282246310005|<PAYMENT_CARD>",
                "IPV4|8.8.8.8:53|<IP_ADDRESS>:53",
                "IPV6|from 2a00:1450:4001:81b::200e.|from <IP_ADDRESS>.",
                "US_SSN|536-90-4399|<NATIONAL_ID>",
                "GB_NINO|AB 12 34 56 C|<NATIONAL_ID>",
                "DE_TAX_ID|86 095 742 719|<NATIONAL_ID>",
                "ES_DNI|12345678Z|<NATIONAL_ID>",
                "ES_DNI|X1234567L|<NATIONAL_ID>",
                "FR_NIR|1 85 05 78 006 084 91|<NATIONAL_ID>",
                "IT_TAX_CODE|RSSMRA85T10A562S|<NATIONAL_ID>",
                "BR_CPF|529.982.247-25|<NATIONAL_ID>",
                "BR_CPF|CPF: 52998224725|CPF: <NATIONAL_ID>",
                "IBAN|DE89 3704 0044 0532 0130 00|<IBAN>",
                "IBAN|GB82WEST12345698765432|<IBAN>"
            })
    void replacesEachKind(PersonalDataKind kind, String text, String redacted) {
        int[] counts = new int[PersonalDataKind.values().length];

        assertThat(filter.redact(text, counts)).isEqualTo(redacted);
        assertThat(counts[kind.ordinal()]).isEqualTo(1);
        assertThat(filter.redact(redacted, counts)).isEqualTo(redacted);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "version 1.2.3.4 and v2.4.6.1",
                "on 2024-01-15 at 12:30:45",
                "ISBN 978-3-16-148410-0 or 978-0-306-40615-7",
                "order 4512345678",
                "$1,234,567.89 or 12 345 678",
                "3.141592653589793",
                "550e8400-e29b-41d4-a716-446655440000",
                "icon@2x.png by @user",
                "1999 2000 2001 2002 2003 2004",
                "std::vector and a::b",
                "4111 1111 1111 1112",
                "666-12-3456 and 900-12-3456 and 123-00-4567",
                "12345678A",
                "DE89 3704 0044 0532 0130 01",
                "127.0.0.1, 192.168.0.1 and 203.0.113.7",
                "2001:db8::1 and fe80::1",
                "doi 10.1000/182"
            })
    void leavesWhatOnlyLooksLikeIt(String text) {
        assertThat(filter.redact(text, new int[PersonalDataKind.values().length])).isEqualTo(text);
    }

    @Test
    void leavesKindsThatAreSwitchedOff() {
        var phonesOnly =
                new PersonalDataFilter(
                        new CorpusRules.PersonalData(
                                List.of(PersonalDataKind.PHONE), "[{kind}]", true, List.of()));

        assertThat(phonesOnly.redact("a@b.org +49 30 901820", new int[13]))
                .isEqualTo("a@b.org [PHONE]");
    }

    @Test
    void refusesAPlaceholderThatIsItselfPersonalData() {
        var rules =
                new CorpusRules.PersonalData(
                        List.of(PersonalDataKind.EMAIL), "email@example.com", true, List.of());

        assertThatThrownBy(() -> new PersonalDataFilter(rules))
                .hasMessageContaining("email@example.com");
    }
}
