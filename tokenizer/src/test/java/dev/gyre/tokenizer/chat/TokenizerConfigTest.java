package dev.gyre.tokenizer.chat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TokenizerConfigTest {
    private static TokenizerConfig parse(String json) {
        return TokenizerConfig.parse(json.getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void readsWhatItWrites(@TempDir Path folder) {
        TokenizerConfig config = new TokenizerConfig("<s>", "</s>", null, "<unk>", "{{ 'é' }}");

        config.save(folder.resolve("tokenizer_config.json"));

        assertThat(TokenizerConfig.load(folder)).isEqualTo(config);
    }

    @Test
    void readsTokensAsTextAndAsObjects() {
        assertThat(parse("{\"bos_token\": {\"content\": \"<s>\"}, \"eos_token\": \"</s>\"}"))
                .isEqualTo(new TokenizerConfig("<s>", "</s>", null, null, null));
    }

    @Test
    void takesTheTemplateNamedDefault() {
        TokenizerConfig config =
                parse(
                        "{\"chat_template\": [{\"name\": \"rag\", \"template\": \"a\"},"
                                + " {\"name\": \"default\", \"template\": \"b\"}]}");

        assertThat(config.chatTemplate()).isEqualTo("b");
    }

    @Test
    void prefersTheTemplateInItsOwnFile(@TempDir Path folder) throws Exception {
        Files.writeString(folder.resolve("tokenizer_config.json"), "{\"chat_template\": \"a\"}");
        Files.writeString(folder.resolve("chat_template.jinja"), "b");

        assertThat(TokenizerConfig.load(folder).chatTemplate()).isEqualTo("b");
    }

    @Test
    void isEmptyWithoutAFile(@TempDir Path folder) {
        assertThat(TokenizerConfig.load(folder)).isEqualTo(TokenizerConfig.EMPTY);
    }

    @Test
    void refusesWhatItCannotRead() {
        assertThatThrownBy(() -> parse("{")).hasMessageContaining("JSON");
        assertThatThrownBy(() -> parse("[1]")).hasMessageContaining("object");
        assertThatThrownBy(() -> parse("{\"eos_token\": 2}")).hasMessageContaining("eos_token");
        assertThatThrownBy(() -> parse("{\"chat_template\": 2}"))
                .hasMessageContaining("chat_template");
        assertThatThrownBy(() -> parse("{\"chat_template\": [{\"name\": \"rag\"}]}"))
                .hasMessageContaining("default");
    }
}
