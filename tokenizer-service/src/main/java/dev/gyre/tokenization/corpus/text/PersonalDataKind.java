package dev.gyre.tokenization.corpus.text;

/// A kind of personal data that a corpus replaces by a placeholder. What each kind accepts stands
/// in CORPUS.md.
public enum PersonalDataKind {
    EMAIL("EMAIL"),
    PHONE("PHONE"),
    PAYMENT_CARD("PAYMENT_CARD"),
    IBAN("IBAN"),
    IPV4("IP_ADDRESS"),
    IPV6("IP_ADDRESS"),
    US_SSN("NATIONAL_ID"),
    GB_NINO("NATIONAL_ID"),
    DE_TAX_ID("NATIONAL_ID"),
    ES_DNI("NATIONAL_ID"),
    FR_NIR("NATIONAL_ID"),
    IT_TAX_CODE("NATIONAL_ID"),
    BR_CPF("NATIONAL_ID");

    private final String label;

    PersonalDataKind(String label) {
        this.label = label;
    }

    /// The word that stands for this kind in a placeholder, such as `EMAIL` in `<EMAIL>`.
    public String label() {
        return label;
    }
}
