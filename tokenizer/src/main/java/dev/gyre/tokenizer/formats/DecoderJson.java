package dev.gyre.tokenizer.formats;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.gyre.tokenizer.pipeline.Decoder;

/// `decoder` in tokenizer.json.
final class DecoderJson {
    private DecoderJson() {}

    static Decoder read(JsonFields object) {
        return new Decoder(
                TokenizerJsonReader.steps(object, "decoders").stream()
                        .map(DecoderJson::readStep)
                        .toList());
    }

    private static Decoder.Step readStep(JsonFields step) {
        String type = step.text("type");
        return switch (type) {
            case "ByteLevel" -> {
                step.allow("type", "add_prefix_space", "trim_offsets", "use_regex");
                yield new Decoder.ByteLevel();
            }
            case "WordPiece" -> {
                step.allow("type", "prefix", "cleanup");
                yield new Decoder.WordPiece(step.text("prefix"), step.flag("cleanup", true));
            }
            case "Metaspace" -> {
                step.allow(
                        "type",
                        "replacement",
                        "str_rep",
                        "add_prefix_space",
                        "prepend_scheme",
                        "split");
                yield new Decoder.Metaspace(
                        step.character("replacement"), PreTokenizerJson.readPrefix(step));
            }
            case "BPEDecoder" -> {
                step.allow("type", "suffix");
                yield new Decoder.WordSuffix(step.text("suffix"));
            }
            case "ByteFallback" -> {
                step.allow("type");
                yield new Decoder.ByteFallback();
            }
            case "Fuse" -> {
                step.allow("type");
                yield new Decoder.Fuse();
            }
            case "Strip" -> {
                step.allow("type", "content", "start", "stop");
                yield new Decoder.Strip(
                        step.character("content"), step.integer("start"), step.integer("stop"));
            }
            case "Replace" -> {
                step.allow("type", "pattern", "content");
                JsonFields pattern = step.object("pattern");
                pattern.allow("String");
                yield new Decoder.Replace(pattern.text("String"), step.text("content"));
            }
            default -> throw step.unsupported("type", type);
        };
    }

    static ObjectNode write(ObjectMapper json, Decoder decoder) {
        if (decoder.steps().size() == 1) {
            return write(json, decoder.steps().getFirst());
        }
        ObjectNode object = json.createObjectNode().put("type", "Sequence");
        var list = object.putArray("decoders");
        decoder.steps().forEach(step -> list.add(write(json, step)));
        return object;
    }

    private static ObjectNode write(ObjectMapper json, Decoder.Step step) {
        ObjectNode object = json.createObjectNode();
        switch (step) {
            case Decoder.ByteLevel _ -> PreTokenizerJson.byteLevel(object, false, true, true);
            case Decoder.WordPiece(String prefix, boolean cleanup) ->
                    object.put("type", "WordPiece").put("prefix", prefix).put("cleanup", cleanup);
            case Decoder.Metaspace(int replacement, var prefix) ->
                    object.put("type", "Metaspace")
                            .put("replacement", Character.toString(replacement))
                            .put("prepend_scheme", PreTokenizerJson.spell(prefix))
                            .put("split", true);
            case Decoder.WordSuffix(String suffix) ->
                    object.put("type", "BPEDecoder").put("suffix", suffix);
            case Decoder.ByteFallback _ -> object.put("type", "ByteFallback");
            case Decoder.Fuse _ -> object.put("type", "Fuse");
            case Decoder.Strip(int character, int start, int stop) ->
                    object.put("type", "Strip")
                            .put("content", Character.toString(character))
                            .put("start", start)
                            .put("stop", stop);
            case Decoder.SentencePiece _ ->
                    throw new IllegalArgumentException(
                            "tokenizer.json cannot hold SentencePiece's own decoder; write a .model file");
            case Decoder.Replace(String pattern, String content) -> {
                object.put("type", "Replace");
                object.putObject("pattern").put("String", pattern);
                object.put("content", content);
            }
        }
        return object;
    }
}
