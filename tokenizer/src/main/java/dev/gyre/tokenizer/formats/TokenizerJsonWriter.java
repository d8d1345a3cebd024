package dev.gyre.tokenizer.formats;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.gyre.tokenizer.bpe.BpeModel;
import dev.gyre.tokenizer.pipeline.AddedToken;
import dev.gyre.tokenizer.pipeline.TokenizerDefinition;
import dev.gyre.tokenizer.split.SplitPattern;
import java.util.Comparator;
import java.util.List;
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
        return new TokenizerJsonWriter(json, definition).root();
    }

    private ObjectNode root() {
        ObjectNode root = json.createObjectNode();
        root.put("version", "1.0");
        root.putNull("truncation");
        root.putNull("padding");
        root.set("added_tokens", addedTokens());
        root.set("normalizer", definition.composed() ? typed("NFC") : json.nullNode());
        root.set("pre_tokenizer", preTokenizer());
        root.set("post_processor", postProcessor());
        root.set("decoder", byteLevel(true));
        root.set("model", model());
        return root;
    }

    private ArrayNode addedTokens() {
        ArrayNode tokens = json.createArrayNode();
        for (AddedToken token : definition.addedTokens()) {
            tokens.addObject()
                    .put("id", token.id())
                    .put("content", token.content())
                    .put("single_word", false)
                    .put("lstrip", false)
                    .put("rstrip", false)
                    .put("normalized", token.normalized())
                    .put("special", token.special());
        }
        return tokens;
    }

    private ObjectNode preTokenizer() {
        SplitPattern pattern = definition.pattern();
        return switch (pattern) {
            case GPT2 -> byteLevel(true);
            case SMOLLM ->
                    sequence(
                            "pretokenizers",
                            typed("Digits").put("individual_digits", true),
                            byteLevel(true));
            case CL100K, QWEN2, O200K -> {
                ObjectNode split = typed("Split");
                split.putObject("pattern").put("Regex", pattern.regex());
                split.put("behavior", "Isolated").put("invert", false);
                yield sequence("pretokenizers", split, byteLevel(false));
            }
        };
    }

    private ObjectNode postProcessor() {
        if (definition.prefix().isEmpty() && definition.suffix().isEmpty()) {
            return byteLevel(true);
        }
        ObjectNode template = typed("TemplateProcessing");
        ObjectNode specialTokens = json.createObjectNode();
        ArrayNode single = template.putArray("single");
        putSpecial(single, specialTokens, definition.prefix(), 0);
        putSequence(single, "A", 0);
        putSpecial(single, specialTokens, definition.suffix(), 0);
        ArrayNode pair = template.putArray("pair");
        for (int type = 0; type < 2; type++) {
            putSpecial(pair, specialTokens, definition.prefix(), type);
            putSequence(pair, type == 0 ? "A" : "B", type);
            putSpecial(pair, specialTokens, definition.suffix(), type);
        }
        template.set("special_tokens", specialTokens);
        return sequence("processors", byteLevel(true), template);
    }

    private void putSpecial(
            ArrayNode parts, ObjectNode specialTokens, List<Integer> ids, int type) {
        for (int id : ids) {
            String name = nameOf(id);
            parts.addObject().putObject("SpecialToken").put("id", name).put("type_id", type);
            ObjectNode token = specialTokens.putObject(name);
            token.put("id", name);
            token.putArray("ids").add(id);
            token.putArray("tokens").add(name);
        }
    }

    private static void putSequence(ArrayNode parts, String name, int type) {
        parts.addObject().putObject("Sequence").put("id", name).put("type_id", type);
    }

    private String nameOf(int id) {
        for (AddedToken token : definition.addedTokens()) {
            if (token.id() == id) {
                return token.content();
            }
        }
        throw new IllegalStateException("the id %d around a text is no added token".formatted(id));
    }

    private ObjectNode model() {
        BpeModel bpe = definition.model();
        ObjectNode model = typed("BPE");
        model.putNull("dropout");
        model.put("unk_token", bpe.unknownToken());
        model.putNull("continuing_subword_prefix");
        model.putNull("end_of_word_suffix");
        model.put("fuse_unk", false);
        model.put("byte_fallback", false);
        model.put("ignore_merges", bpe.wholePiecesFirst());
        ObjectNode vocabulary = model.putObject("vocab");
        bpe.vocabulary().entrySet().stream()
                .sorted(Comparator.comparingInt(Map.Entry::getValue))
                .forEach(entry -> vocabulary.put(entry.getKey(), entry.getValue()));
        ArrayNode merges = model.putArray("merges");
        // The older of the two forms: every version of the library reads it, and no byte-level
        // token
        // has a space.
        bpe.merges().forEach(merge -> merges.add(merge.left() + " " + merge.right()));
        return model;
    }

    private ObjectNode sequence(String listName, ObjectNode... steps) {
        ObjectNode sequence = typed("Sequence");
        sequence.putArray(listName).addAll(List.of(steps));
        return sequence;
    }

    private ObjectNode byteLevel(boolean useRegex) {
        return typed("ByteLevel")
                .put("add_prefix_space", false)
                .put("trim_offsets", true)
                .put("use_regex", useRegex);
    }

    private ObjectNode typed(String type) {
        return json.createObjectNode().put("type", type);
    }
}
