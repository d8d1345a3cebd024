package dev.gyre.tokenizer.formats;

import dev.gyre.tokenizer.pipeline.AddedToken;
import dev.gyre.tokenizer.pipeline.Decoder;
import dev.gyre.tokenizer.pipeline.Normalizer;
import dev.gyre.tokenizer.pipeline.Padding;
import dev.gyre.tokenizer.pipeline.PostProcessor;
import dev.gyre.tokenizer.pipeline.PreTokenizer;
import dev.gyre.tokenizer.pipeline.TokenizerDefinition;
import dev.gyre.tokenizer.pipeline.Truncation;
import java.util.ArrayList;
import java.util.List;

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
        return new TokenizerDefinition(
                root.isNull("normalizer")
                        ? Normalizer.NONE
                        : NormalizerJson.read(root.object("normalizer")),
                root.isNull("pre_tokenizer")
                        ? PreTokenizer.NONE
                        : PreTokenizerJson.read(root.object("pre_tokenizer")),
                ModelJson.read(root.object("model")),
                readAddedTokens(root),
                root.isNull("post_processor")
                        ? PostProcessor.NONE
                        : PostProcessorJson.read(root.object("post_processor")),
                root.isNull("decoder")
                        ? new Decoder(List.of())
                        : DecoderJson.read(root.object("decoder")),
                root.isNull("truncation") ? null : readTruncation(root.object("truncation")),
                root.isNull("padding") ? null : readPadding(root.object("padding")));
    }

    private static List<AddedToken> readAddedTokens(JsonFields root) {
        if (root.isNull("added_tokens")) {
            return List.of();
        }
        List<AddedToken> tokens = new ArrayList<>();
        for (JsonFields token : root.objects("added_tokens")) {
            token.allow(
                    "id", "content", "single_word", "lstrip", "rstrip", "normalized", "special");
            boolean special = token.flag("special", false);
            tokens.add(
                    new AddedToken(
                            token.integer("id"),
                            token.text("content"),
                            special,
                            token.flag("normalized", !special),
                            token.flag("single_word", false),
                            token.flag("lstrip", false),
                            token.flag("rstrip", false)));
        }
        return tokens;
    }

    private static Truncation readTruncation(JsonFields truncation) {
        truncation.allow("direction", "max_length", "strategy", "stride");
        truncation.only("strategy", "\"LongestFirst\"", "\"OnlyFirst\"", "\"OnlySecond\"");
        return new Truncation(
                truncation.integer("max_length"),
                readSide(truncation),
                truncation.isNull("strategy") ? "LongestFirst" : truncation.text("strategy"),
                truncation.integer("stride", 0));
    }

    private static Padding readPadding(JsonFields padding) {
        padding.allow(
                "strategy",
                "direction",
                "pad_to_multiple_of",
                "pad_id",
                "pad_type_id",
                "pad_token");
        int length = 0;
        if (padding.required("strategy").isObject()) {
            JsonFields strategy = padding.object("strategy");
            strategy.allow("Fixed");
            length = strategy.integer("Fixed");
        } else {
            padding.only("strategy", "\"BatchLongest\"");
        }
        return new Padding(
                length,
                readSide(padding),
                padding.integer("pad_to_multiple_of", 0),
                padding.integer("pad_id"),
                padding.integer("pad_type_id", 0),
                padding.text("pad_token"));
    }

    /// Whether the beginning is meant in place of the end.
    private static boolean readSide(JsonFields fields) {
        fields.only("direction", "\"Left\"", "\"Right\"");
        return !fields.isNull("direction") && fields.text("direction").equals("Left");
    }

    /// The parts of a `Sequence`, or the object itself if it is none.
    static List<JsonFields> steps(JsonFields object, String listName) {
        if (!object.text("type").equals("Sequence")) {
            return List.of(object);
        }
        object.allow("type", listName);
        List<JsonFields> steps = new ArrayList<>();
        for (JsonFields step : object.objects(listName)) {
            steps.addAll(steps(step, listName));
        }
        return steps;
    }
}
