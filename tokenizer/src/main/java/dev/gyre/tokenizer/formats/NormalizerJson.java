package dev.gyre.tokenizer.formats;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.gyre.tokenizer.pipeline.Normalizer;
import dev.gyre.tokenizer.text.Charsmap;
import dev.gyre.tokenizer.text.NormalForm;
import java.util.Base64;
import java.util.List;

/// `normalizer` in tokenizer.json.
final class NormalizerJson {
    private NormalizerJson() {}

    static Normalizer read(JsonFields object) {
        List<Normalizer> steps =
                TokenizerJsonReader.steps(object, "normalizers").stream()
                        .map(NormalizerJson::readStep)
                        .toList();
        return steps.size() == 1 ? steps.getFirst() : new Normalizer.Sequence(steps);
    }

    private static Normalizer readStep(JsonFields step) {
        String type = step.text("type");
        return switch (type) {
            case "NFC", "NFD", "NFKC", "NFKD" -> {
                step.allow("type");
                yield new Normalizer.Unicode(NormalForm.valueOf(type));
            }
            case "Lowercase" -> {
                step.allow("type");
                yield new Normalizer.Lowercase();
            }
            case "StripAccents" -> {
                step.allow("type");
                yield new Normalizer.StripAccents();
            }
            case "Nmt" -> {
                step.allow("type");
                yield new Normalizer.Nmt();
            }
            case "Strip" -> {
                step.allow("type", "strip_left", "strip_right");
                yield new Normalizer.Strip(
                        step.flag("strip_left", true), step.flag("strip_right", true));
            }
            case "Replace" -> {
                step.allow("type", "pattern", "content");
                yield new Normalizer.Replace(
                        PatternJson.read(step.object("pattern")), step.text("content"));
            }
            case "Prepend" -> {
                step.allow("type", "prepend");
                yield new Normalizer.Prepend(step.text("prepend"));
            }
            case "BertNormalizer" -> readBert(step);
            case "Precompiled" -> {
                step.allow("type", "precompiled_charsmap");
                yield new Normalizer.Precompiled(
                        Charsmap.parse(readBase64(step, "precompiled_charsmap")));
            }
            default -> throw step.unsupported("type", type);
        };
    }

    private static Normalizer readBert(JsonFields step) {
        step.allow("type", "clean_text", "handle_chinese_chars", "strip_accents", "lowercase");
        boolean lowercase = step.flag("lowercase", true);
        return new Normalizer.Bert(
                step.flag("clean_text", true),
                step.flag("handle_chinese_chars", true),
                step.flag("strip_accents", lowercase),
                lowercase);
    }

    private static byte[] readBase64(JsonFields step, String field) {
        try {
            return Base64.getDecoder().decode(step.text(field));
        } catch (IllegalArgumentException malformed) {
            throw new IllegalArgumentException(
                    "%s is no base64: %s".formatted(step.name(field), malformed.getMessage()),
                    malformed);
        }
    }

    static ObjectNode write(ObjectMapper json, Normalizer normalizer) {
        ObjectNode object = json.createObjectNode();
        switch (normalizer) {
            case Normalizer.Sequence(List<Normalizer> steps) -> {
                object.put("type", "Sequence");
                var list = object.putArray("normalizers");
                steps.forEach(step -> list.add(write(json, step)));
            }
            case Normalizer.Unicode(NormalForm form) -> object.put("type", form.name());
            case Normalizer.Lowercase _ -> object.put("type", "Lowercase");
            case Normalizer.StripAccents _ -> object.put("type", "StripAccents");
            case Normalizer.Nmt _ -> object.put("type", "Nmt");
            case Normalizer.Strip(boolean left, boolean right) ->
                    object.put("type", "Strip").put("strip_left", left).put("strip_right", right);
            case Normalizer.Replace replace -> {
                object.put("type", "Replace");
                object.set("pattern", PatternJson.write(json, replace.pattern()));
                object.put("content", replace.content());
            }
            case Normalizer.Prepend(String content) ->
                    object.put("type", "Prepend").put("prepend", content);
            case Normalizer.Bert bert ->
                    object.put("type", "BertNormalizer")
                            .put("clean_text", bert.cleanText())
                            .put("handle_chinese_chars", bert.chineseApart())
                            .put("strip_accents", bert.stripAccents())
                            .put("lowercase", bert.lowercase());
            case Normalizer.Precompiled(Charsmap map) ->
                    object.put("type", "Precompiled")
                            .put(
                                    "precompiled_charsmap",
                                    Base64.getEncoder().encodeToString(map.file()));
            case Normalizer.SentencePiece _ ->
                    throw new IllegalArgumentException(
                            "tokenizer.json cannot hold SentencePiece's own normalizer; write a .model file");
        }
        return object;
    }
}
