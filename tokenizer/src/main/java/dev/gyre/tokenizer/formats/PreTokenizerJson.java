package dev.gyre.tokenizer.formats;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.gyre.tokenizer.pipeline.Delimiter;
import dev.gyre.tokenizer.pipeline.PreTokenizer;
import dev.gyre.tokenizer.pipeline.PreTokenizer.Metaspace.Prefix;
import dev.gyre.tokenizer.split.SplitPattern;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// `pre_tokenizer` in tokenizer.json.
final class PreTokenizerJson {
    private PreTokenizerJson() {}

    static PreTokenizer read(JsonFields object) {
        List<JsonFields> objects = TokenizerJsonReader.steps(object, "pretokenizers");
        List<PreTokenizer> steps = objects.stream().map(PreTokenizerJson::readStep).toList();
        for (int i = 0; i + 1 < steps.size(); i++) {
            if (steps.get(i) instanceof PreTokenizer.ByteLevel) {
                throw objects.get(i).unsupported("type", "ByteLevel before other pre-tokenizers");
            }
        }
        return steps.size() == 1 ? steps.getFirst() : new PreTokenizer.Sequence(steps);
    }

    private static PreTokenizer readStep(JsonFields step) {
        String type = step.text("type");
        return switch (type) {
            case "ByteLevel" -> {
                step.allow("type", "add_prefix_space", "trim_offsets", "use_regex");
                yield new PreTokenizer.ByteLevel(
                        step.flag("add_prefix_space"),
                        step.flag("use_regex", true),
                        step.flag("trim_offsets", true));
            }
            case "Split" -> readSplit(step);
            case "Digits" -> {
                step.allow("type", "individual_digits");
                yield new PreTokenizer.Digits(step.flag("individual_digits"));
            }
            case "Punctuation" -> {
                step.allow("type", "behavior");
                yield new PreTokenizer.Punctuation(
                        step.isNull("behavior") ? Delimiter.ISOLATED : readDelimiter(step));
            }
            case "Whitespace" -> {
                step.allow("type");
                yield new PreTokenizer.Whitespace();
            }
            case "WhitespaceSplit" -> {
                step.allow("type");
                yield new PreTokenizer.WhitespaceSplit();
            }
            case "BertPreTokenizer" -> {
                step.allow("type");
                yield new PreTokenizer.Bert();
            }
            case "CharDelimiterSplit" -> {
                step.allow("type", "delimiter");
                yield new PreTokenizer.CharacterDelimiter(step.character("delimiter"));
            }
            case "Metaspace" -> {
                step.allow(
                        "type",
                        "replacement",
                        "str_rep",
                        "add_prefix_space",
                        "prepend_scheme",
                        "split");
                yield new PreTokenizer.Metaspace(
                        step.character("replacement"), readPrefix(step), step.flag("split", true));
            }
            default -> throw step.unsupported("type", type);
        };
    }

    /// `prepend_scheme`, or `add_prefix_space` of older files.
    static Prefix readPrefix(JsonFields step) {
        if (step.isNull("prepend_scheme")) {
            return step.flag("add_prefix_space", true) ? Prefix.ALWAYS : Prefix.NEVER;
        }
        return step.word("prepend_scheme", Prefix.class, PreTokenizerJson::spell);
    }

    static String spell(Prefix prefix) {
        return prefix.name().toLowerCase(Locale.ROOT);
    }

    private static Delimiter readDelimiter(JsonFields step) {
        return step.word("behavior", Delimiter.class, Delimiter::typeName);
    }

    private static PreTokenizer readSplit(JsonFields step) {
        step.allow("type", "pattern", "behavior", "invert");
        JsonFields pattern = step.object("pattern");
        SplitPattern known = knownPattern(pattern);
        return known == null
                ? new PreTokenizer.Split(
                        PatternJson.read(pattern), readDelimiter(step), step.flag("invert", false))
                : new PreTokenizer.Pattern(known, readDelimiter(step), step.flag("invert", false));
    }

    private static @Nullable SplitPattern knownPattern(JsonFields pattern) {
        if (pattern.isNull("Regex")) {
            return null;
        }
        String regex = pattern.text("Regex");
        for (SplitPattern known : SplitPattern.values()) {
            if (known.regex().equals(regex) && known != SplitPattern.SMOLLM) {
                return known;
            }
        }
        return null;
    }

    static ObjectNode write(ObjectMapper json, PreTokenizer preTokenizer) {
        ObjectNode object = json.createObjectNode();
        switch (preTokenizer) {
            case PreTokenizer.Sequence(List<PreTokenizer> steps) -> {
                object.put("type", "Sequence");
                var list = object.putArray("pretokenizers");
                steps.forEach(step -> list.add(write(json, step)));
            }
            case PreTokenizer.ByteLevel step ->
                    byteLevel(object, step.addPrefixSpace(), step.trimOffsets(), step.splits());
            case PreTokenizer.Pattern step -> {
                object.put("type", "Split");
                object.putObject("pattern").put("Regex", step.pattern().regex());
                object.put("behavior", step.delimiter().typeName()).put("invert", step.inverted());
            }
            case PreTokenizer.Split step -> {
                object.put("type", "Split");
                object.set("pattern", PatternJson.write(json, step.pattern()));
                object.put("behavior", step.delimiter().typeName()).put("invert", step.inverted());
            }
            case PreTokenizer.Digits(boolean individually) ->
                    object.put("type", "Digits").put("individual_digits", individually);
            case PreTokenizer.Punctuation(Delimiter delimiter) ->
                    object.put("type", "Punctuation").put("behavior", delimiter.typeName());
            case PreTokenizer.Whitespace _ -> object.put("type", "Whitespace");
            case PreTokenizer.WhitespaceSplit _ -> object.put("type", "WhitespaceSplit");
            case PreTokenizer.Bert _ -> object.put("type", "BertPreTokenizer");
            case PreTokenizer.CharacterDelimiter(int delimiter) ->
                    object.put("type", "CharDelimiterSplit")
                            .put("delimiter", Character.toString(delimiter));
            case PreTokenizer.Metaspace(int replacement, Prefix prefix, boolean splits) ->
                    object.put("type", "Metaspace")
                            .put("replacement", Character.toString(replacement))
                            .put("prepend_scheme", spell(prefix))
                            .put("split", splits);
        }
        return object;
    }

    /// The object that stands for byte-level parts everywhere in a file.
    static ObjectNode byteLevel(
            ObjectNode object, boolean addPrefixSpace, boolean trimOffsets, boolean useRegex) {
        return object.put("type", "ByteLevel")
                .put("add_prefix_space", addPrefixSpace)
                .put("trim_offsets", trimOffsets)
                .put("use_regex", useRegex);
    }
}
