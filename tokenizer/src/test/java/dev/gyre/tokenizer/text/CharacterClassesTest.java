package dev.gyre.tokenizer.text;

import static org.assertj.core.api.Assertions.assertThat;

import java.text.Normalizer;
import java.util.zip.CRC32;
import org.junit.jupiter.api.Test;

/// Guards token ids against a JDK with newer Unicode tables.
class CharacterClassesTest {
    /// The checksum of what Hugging Face tokenizers 0.23.3 finds with `\p{L}`, `\p{N}`, `\s` and
    /// the others for every code point: `src/test/python/classes.py`.
    private static final long CLASSES = 0x351a2d15L;

    @Test
    void classifiesEveryCodePointAsHuggingFace() {
        CRC32 checksum = new CRC32();
        for (int codePoint = 0; codePoint <= Character.MAX_CODE_POINT; codePoint++) {
            if (codePoint < Character.MIN_SURROGATE || codePoint > Character.MAX_SURROGATE) {
                checksum.update(CharacterClasses.of(codePoint));
            }
        }

        assertThat(checksum.getValue()).isEqualTo(CLASSES);
    }

    /// The checksum of what Hugging Face's NFC makes of each code point between marks.
    private static final long COMPOSED = 0x314415dfL;

    @Test
    void composesEveryCodePointAsHuggingFace() {
        CRC32 checksum = new CRC32();
        for (int codePoint = 0; codePoint <= Character.MAX_CODE_POINT; codePoint++) {
            if (codePoint < Character.MIN_SURROGATE || codePoint > Character.MAX_SURROGATE) {
                String text = "a\u0345" + Character.toString(codePoint) + "\u0334";
                checksum.update(
                        NormalForm.NFC.of(text).getBytes(java.nio.charset.StandardCharsets.UTF_8));
            }
        }

        assertThat(checksum.getValue()).isEqualTo(COMPOSED);
        assertThat(NormalForm.NFC.of("e\u0301"))
                .isEqualTo(Normalizer.normalize("é", Normalizer.Form.NFC));
    }
}
