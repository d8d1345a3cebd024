package dev.gyre.tokenizer.formats;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.gyre.tokenizer.pipeline.AddedToken;
import dev.gyre.tokenizer.pipeline.Normalizer;
import dev.gyre.tokenizer.pipeline.Padding;
import dev.gyre.tokenizer.pipeline.PreTokenizer;
import dev.gyre.tokenizer.pipeline.TokenizerDefinition;
import dev.gyre.tokenizer.pipeline.Truncation;
import dev.gyre.tokenizer.sentencepiece.SentencePieceModel;
import java.util.HashMap;
import java.util.Map;

/// Turns a definition into the tree of a tokenizer.json that Hugging Face tokenizers loads.
final class TokenizerJsonWriter {
    private final ObjectMapper json;
    private final TokenizerDefinition definition;

    private TokenizerJsonWriter(ObjectMapper json, TokenizerDefinition definition) {
        this.json = json;
        this.definition = definition;
    }

    static ObjectNode write(ObjectMapper json, TokenizerDefinition definition) {
        return new TokenizerJsonWriter(
                        json,
                        definition.model() instanceof SentencePieceModel pieces
                                ? SentencePieceConversion.convert(definition, pieces)
                                : definition)
                .root();
    }

    private ObjectNode root() {
        ObjectNode root = json.createObjectNode();
        root.put("version", "1.0");
        root.set("truncation", truncation());
        root.set("padding", padding());
        root.set("added_tokens", addedTokens());
        root.set(
                "normalizer",
                definition.normalizer().equals(Normalizer.NONE)
                        ? json.nullNode()
                        : NormalizerJson.write(json, definition.normalizer()));
        root.set(
                "pre_tokenizer",
                definition.preTokenizer().equals(PreTokenizer.NONE)
                        ? json.nullNode()
                        : PreTokenizerJson.write(json, definition.preTokenizer()));
        Map<Integer, String> spelling = new HashMap<>();
        definition.model().vocabulary().forEach((token, id) -> spelling.put(id, token));
        definition.addedTokens().forEach(token -> spelling.put(token.id(), token.content()));
        root.set(
                "post_processor",
                PostProcessorJson.write(
                        json, definition.postProcessor(), id -> spelling.getOrDefault(id, "")));
        root.set(
                "decoder",
                definition.decoder().steps().isEmpty()
                        ? json.nullNode()
                        : DecoderJson.write(json, definition.decoder()));
        root.set("model", ModelJson.write(json, definition.model()));
        return root;
    }

    private JsonNode truncation() {
        Truncation truncation = definition.truncation();
        return truncation == null
                ? json.nullNode()
                : json.createObjectNode()
                        .put("direction", side(truncation.atStart()))
                        .put("max_length", truncation.maxTokens())
                        .put("strategy", truncation.strategy())
                        .put("stride", truncation.stride());
    }

    private JsonNode padding() {
        Padding padding = definition.padding();
        if (padding == null) {
            return json.nullNode();
        }
        ObjectNode object = json.createObjectNode();
        if (padding.length() == 0) {
            object.put("strategy", "BatchLongest");
        } else {
            object.putObject("strategy").put("Fixed", padding.length());
        }
        object.put("direction", side(padding.atStart()));
        if (padding.multipleOf() == 0) {
            object.putNull("pad_to_multiple_of");
        } else {
            object.put("pad_to_multiple_of", padding.multipleOf());
        }
        return object.put("pad_id", padding.id())
                .put("pad_type_id", padding.typeId())
                .put("pad_token", padding.token());
    }

    private static String side(boolean atStart) {
        return atStart ? "Left" : "Right";
    }

    private ArrayNode addedTokens() {
        ArrayNode tokens = json.createArrayNode();
        for (AddedToken token : definition.addedTokens()) {
            tokens.addObject()
                    .put("id", token.id())
                    .put("content", token.content())
                    .put("single_word", token.singleWord())
                    .put("lstrip", token.stripsLeft())
                    .put("rstrip", token.stripsRight())
                    .put("normalized", token.normalized())
                    .put("special", token.special());
        }
        return tokens;
    }
}
