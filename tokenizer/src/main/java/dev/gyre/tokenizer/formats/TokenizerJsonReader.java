package dev.gyre.tokenizer.formats;

import com.fasterxml.jackson.databind.JsonNode;
import dev.gyre.tokenizer.bpe.BpeModel;
import dev.gyre.tokenizer.bpe.BpeModel.Merge;
import dev.gyre.tokenizer.pipeline.AddedToken;
import dev.gyre.tokenizer.pipeline.TokenizerDefinition;
import dev.gyre.tokenizer.split.SplitPattern;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Turns the tree of a tokenizer.json into a definition, refusing what is not supported.
final class TokenizerJsonReader {
    private TokenizerJsonReader() {}

    static TokenizerDefinition read(JsonFields root) {
        root.allow(
                "version",
                "truncation",
                "padding",
                "added_tokens",
                "normalizer",
                "pre_tokenizer",
                "post_processor",
                "decoder",
                "model");
        root.only("version", "\"1.0\"");
        root.only("truncation");
        root.only("padding");
        boolean composed = readNormalizer(root);
        SplitPattern pattern = readPattern(root.object("pre_tokenizer"));
        readDecoder(root.object("decoder"));
        BpeModel model = readModel(root.object("model"));
        List<AddedToken> added = readAddedTokens(root);
        Frame frame = new Frame();
        if (!root.isNull("post_processor")) {
            frame.read(root.object("post_processor"));
        }
        return new TokenizerDefinition(composed, pattern, model, added, frame.prefix, frame.suffix);
    }

    private static boolean readNormalizer(JsonFields root) {
        if (root.isNull("normalizer")) {
            return false;
        }
        boolean composed = false;
        for (JsonFields step : steps(root.object("normalizer"), "normalizers")) {
            String type = step.text("type");
            if (!type.equals("NFC")) {
                throw step.unsupported("type", type);
            }
            step.allow("type");
            composed = true;
        }
        return composed;
    }

    /// The parts of a `Sequence`, or the object itself if it is none.
    private static List<JsonFields> steps(JsonFields object, String listName) {
        if (!object.text("type").equals("Sequence")) {
            return List.of(object);
        }
        object.allow("type", listName);
        return object.objects(listName);
    }

    private static SplitPattern readPattern(JsonFields preTokenizer) {
        List<JsonFields> steps = steps(preTokenizer, "pretokenizers");
        JsonFields last = steps.getLast();
        if (!last.text("type").equals("ByteLevel")) {
            throw last.unsupported("type", last.text("type"));
        }
        last.allow("type", "add_prefix_space", "trim_offsets", "use_regex");
        if (last.flag("add_prefix_space")) {
            throw last.unsupported("add_prefix_space", "true");
        }
        boolean gpt2Last = last.flag("use_regex", true);
        if (steps.size() == 1 && gpt2Last) {
            return SplitPattern.GPT2;
        }
        if (steps.size() == 2 && gpt2Last && steps.getFirst().text("type").equals("Digits")) {
            return readDigits(steps.getFirst());
        }
        if (steps.size() == 2 && !gpt2Last && steps.getFirst().text("type").equals("Split")) {
            return readSplit(steps.getFirst());
        }
        String types = steps.stream().map(step -> step.text("type")).toList().toString();
        throw new IllegalArgumentException(
                "pre_tokenizer %s with use_regex %s is not supported".formatted(types, gpt2Last));
    }

    private static SplitPattern readDigits(JsonFields digits) {
        digits.allow("type", "individual_digits");
        if (!digits.flag("individual_digits")) {
            throw digits.unsupported("individual_digits", "false");
        }
        return SplitPattern.SMOLLM;
    }

    private static SplitPattern readSplit(JsonFields split) {
        split.allow("type", "pattern", "behavior", "invert");
        JsonFields pattern = split.object("pattern");
        pattern.allow("Regex", "String");
        String regex = pattern.text("Regex");
        // The patterns match every character, so that removing all that does not match is the same.
        String behavior = split.text("behavior");
        boolean inverted = split.flag("invert");
        if (!behavior.equals(inverted ? "Removed" : "Isolated")) {
            throw split.unsupported("behavior", behavior + " with invert " + inverted);
        }
        for (SplitPattern known : SplitPattern.values()) {
            if (known.regex().equals(regex) && known != SplitPattern.SMOLLM) {
                return known;
            }
        }
        throw pattern.unsupported("Regex", regex);
    }

    private static void readDecoder(JsonFields decoder) {
        for (JsonFields step : steps(decoder, "decoders")) {
            String type = step.text("type");
            if (!type.equals("ByteLevel")) {
                throw step.unsupported("type", type);
            }
            step.allow("type", "add_prefix_space", "trim_offsets", "use_regex");
        }
    }

    private static BpeModel readModel(JsonFields model) {
        model.allow(
                "type",
                "dropout",
                "unk_token",
                "continuing_subword_prefix",
                "end_of_word_suffix",
                "fuse_unk",
                "byte_fallback",
                "ignore_merges",
                "vocab",
                "merges");
        model.only("type", "\"BPE\"");
        model.only("dropout", "0.0", "0");
        model.only("continuing_subword_prefix", "\"\"");
        model.only("end_of_word_suffix", "\"\"");
        Map<String, Integer> vocabulary = readVocabulary(model.object("vocab"));
        List<Merge> merges = readMerges(model);
        @Nullable String unknown = model.optionalText("unk_token");
        BpeModel read =
                new BpeModel(vocabulary, merges, model.flag("ignore_merges", false), unknown);
        if (!read.missingBytes().isEmpty()) {
            // Only then can a byte be unknown, and these settings tell what becomes of it.
            model.only("byte_fallback", "false");
            model.only("fuse_unk", "false");
        }
        return read;
    }

    private static Map<String, Integer> readVocabulary(JsonFields vocab) {
        Map<String, Integer> vocabulary = new HashMap<>();
        for (Map.Entry<String, JsonNode> entry : vocab.node().properties()) {
            String token = JsonFields.requireUnicode("a token of model.vocab", entry.getKey());
            vocabulary.put(token, vocab.integer(token));
        }
        return vocabulary;
    }

    private static List<Merge> readMerges(JsonFields model) {
        JsonNode list = model.array("merges");
        List<Merge> merges = new ArrayList<>(list.size());
        for (int rank = 0; rank < list.size(); rank++) {
            merges.add(readMerge(list.get(rank), rank));
        }
        return merges;
    }

    /// `"a b"` or, since tokenizers 0.20, `["a", "b"]`.
    private static Merge readMerge(JsonNode merge, int rank) {
        if (merge.isArray()
                && merge.size() == 2
                && merge.get(0).isTextual()
                && merge.get(1).isTextual()) {
            return new Merge(merge.get(0).textValue(), merge.get(1).textValue());
        }
        int space = merge.isTextual() ? merge.textValue().indexOf(' ') : -1;
        if (space <= 0
                || space == merge.textValue().length() - 1
                || merge.textValue().indexOf(' ', space + 1) >= 0) {
            throw new IllegalArgumentException(
                    "model.merges[%d] must be two tokens, as \"a b\" or [\"a\", \"b\"], not %s"
                            .formatted(rank, shorten(merge.toString())));
        }
        String text = merge.textValue();
        return new Merge(text.substring(0, space), text.substring(space + 1));
    }

    private static String shorten(String text) {
        return text.length() > 80 ? text.substring(0, 80) + "…" : text;
    }

    private static List<AddedToken> readAddedTokens(JsonFields root) {
        if (root.isNull("added_tokens")) {
            return List.of();
        }
        List<AddedToken> tokens = new ArrayList<>();
        for (JsonFields token : root.objects("added_tokens")) {
            token.allow(
                    "id", "content", "single_word", "lstrip", "rstrip", "normalized", "special");
            token.only("single_word", "false");
            token.only("lstrip", "false");
            token.only("rstrip", "false");
            boolean special = token.flag("special", false);
            tokens.add(
                    new AddedToken(
                            token.integer("id"),
                            token.text("content"),
                            special,
                            token.flag("normalized", !special)));
        }
        return tokens;
    }

    /// What the post-processor puts before and after one text.
    private static final class Frame {
        private final List<Integer> prefix = new ArrayList<>();
        private final List<Integer> suffix = new ArrayList<>();

        void read(JsonFields processor) {
            for (JsonFields step : steps(processor, "processors")) {
                switch (step.text("type")) {
                    case "ByteLevel" ->
                            step.allow("type", "add_prefix_space", "trim_offsets", "use_regex");
                    case "TemplateProcessing" -> readTemplate(step);
                    default -> throw step.unsupported("type", step.text("type"));
                }
            }
        }

        private void readTemplate(JsonFields template) {
            template.allow("type", "single", "pair", "special_tokens");
            if (!prefix.isEmpty() || !suffix.isEmpty()) {
                throw template.unsupported("type", "TemplateProcessing a second time");
            }
            boolean textSeen = false;
            for (JsonFields part : template.objects("single")) {
                part.allow("Sequence", "SpecialToken");
                if (!part.isNull("Sequence")) {
                    if (textSeen) {
                        throw part.unsupported("Sequence", "a second time");
                    }
                    textSeen = true;
                } else {
                    String name = part.object("SpecialToken").text("id");
                    List<Integer> ids = textSeen ? suffix : prefix;
                    ids.addAll(specialIds(template.object("special_tokens").object(name)));
                }
            }
        }

        private static List<Integer> specialIds(JsonFields token) {
            List<Integer> ids = new ArrayList<>();
            for (JsonNode id : token.array("ids")) {
                if (!id.canConvertToInt() || !id.isIntegralNumber()) {
                    throw token.unsupported("ids", id.toString());
                }
                ids.add(id.intValue());
            }
            return ids;
        }
    }
}
