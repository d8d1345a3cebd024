package dev.gyre.tokenizer.jinja;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class JinjaTemplateTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final JsonNode GOLDEN = golden();
    private static final Clock CLOCK =
            Clock.fixed(Instant.parse("2026-03-07T04:05:06Z"), ZoneOffset.UTC);

    private static JsonNode golden() {
        try (InputStream in = JinjaTemplateTest.class.getResourceAsStream("/golden/jinja.json")) {
            return JSON.readTree(Objects.requireNonNull(in));
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    static Stream<JsonNode> cases() {
        return StreamSupport.stream(GOLDEN.get("cases").spliterator(), false);
    }

    @ParameterizedTest
    @MethodSource("cases")
    void rendersAsJinja2(JsonNode golden) {
        String template = golden.get("template").textValue();
        Map<String, @Nullable Object> values = new LinkedHashMap<>();
        GOLDEN.get("values")
                .properties()
                .forEach(
                        entry ->
                                values.put(
                                        entry.getKey(),
                                        JSON.convertValue(entry.getValue(), Object.class)));

        if (golden.has("error")) {
            assertThatThrownBy(() -> JinjaTemplate.parse(template).render(values, CLOCK))
                    .isInstanceOf(IllegalArgumentException.class);
        } else {
            assertThat(JinjaTemplate.parse(template).render(values, CLOCK))
                    .isEqualTo(golden.get("text").textValue());
        }
    }

    @Test
    void writesTheTimeOfTheClock() {
        assertThat(render("{{ strftime_now('%d %b %Y %H:%M %%') }}"))
                .isEqualTo("07 Mar 2026 04:05 %");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{% for a in range(100000) %}{% for b in range(100000) %}x{% endfor %}{% endfor %}",
                "{% macro f(n) %}{{ f(n + 1) }}{% endmacro %}{{ f(0) }}",
                "{{ 'a' * 2000000000 }}",
                "{% set ns = namespace(s='aaaaaaaa') %}{% for i in range(60) %}{% set ns.s = ns.s + ns.s %}{% endfor %}",
                "{{ range(1000000000) }}",
                "{{ 9 ** 999999 }}",
            })
    void stopsTemplatesThatDoNotEnd(String template) {
        assertThatThrownBy(() -> render(template)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void refusesWhatIsNestedTooDeep() {
        String parentheses = "{{ " + "(".repeat(100_000) + "1" + ")".repeat(100_000) + " }}";
        String sum = "{{ 1" + "+1".repeat(100_000) + " }}";

        assertThatThrownBy(() -> render(parentheses)).hasMessageContaining("deep");
        assertThatThrownBy(() -> render(sum)).hasMessageContaining("deep");
    }

    @Test
    void namesWhatIsNotSupported() {
        assertThatThrownBy(() -> render("a\nb {{ 'x' | xmlattr }}"))
                .hasMessageContaining("xmlattr");
        assertThatThrownBy(() -> render("a\n{% include 'x' %}"))
                .hasMessageContaining("include")
                .hasMessageContaining("line 2");
        assertThatThrownBy(() -> render("{{ 'x'.zfill(3) }}")).hasMessageContaining("zfill");
        assertThatThrownBy(() -> render("{{ 'x'.getClass() }}")).hasMessageContaining("getClass");
    }

    private static String render(String template) {
        return JinjaTemplate.parse(template).render(Map.of(), CLOCK);
    }
}
