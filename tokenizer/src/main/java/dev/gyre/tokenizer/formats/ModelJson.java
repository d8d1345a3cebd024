package dev.gyre.tokenizer.formats;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.gyre.tokenizer.bpe.BpeModel;
import dev.gyre.tokenizer.bpe.BpeModel.Merge;
import dev.gyre.tokenizer.pipeline.Model;
import dev.gyre.tokenizer.unigram.UnigramModel;
import dev.gyre.tokenizer.wordpiece.WordPieceModel;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// `model` in tokenizer.json.
final class ModelJson {
    private ModelJson() {}

    static Model read(JsonFields model) {
        // files older than the field hold BPE if they have merges
        String type = model.isNull("type") && !model.isNull("merges") ? "BPE" : model.text("type");
        return switch (type) {
            case "BPE" -> readBpe(model);
            case "WordPiece" -> readWordPiece(model);
            case "Unigram" -> readUnigram(model);
            default -> throw model.unsupported("type", type);
        };
    }

    private static BpeModel readBpe(JsonFields model) {
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
        model.only("dropout", "0.0", "0");
        return new BpeModel(
                readVocabulary(model.object("vocab")),
                readMerges(model),
                model.optionalText("unk_token"),
                new BpeModel.Options(
                        model.flag("ignore_merges", false),
                        model.flag("fuse_unk", false),
                        model.flag("byte_fallback", false),
                        textOrNothing(model, "continuing_subword_prefix"),
                        textOrNothing(model, "end_of_word_suffix")));
    }

    private static String textOrNothing(JsonFields model, String field) {
        return model.isNull(field) ? "" : model.text(field);
    }

    private static WordPieceModel readWordPiece(JsonFields model) {
        model.allow(
                "type",
                "unk_token",
                "continuing_subword_prefix",
                "max_input_chars_per_word",
                "vocab");
        return new WordPieceModel(
                readVocabulary(model.object("vocab")),
                model.text("unk_token"),
                model.text("continuing_subword_prefix"),
                model.integer("max_input_chars_per_word"));
    }

    private static UnigramModel readUnigram(JsonFields model) {
        model.allow("type", "unk_id", "vocab", "byte_fallback");
        JsonNode list = model.array("vocab");
        List<UnigramModel.Token> tokens = new ArrayList<>(list.size());
        for (int id = 0; id < list.size(); id++) {
            JsonNode token = list.get(id);
            if (!token.isArray()
                    || token.size() != 2
                    || !token.get(0).isTextual()
                    || !token.get(1).isNumber()) {
                throw new IllegalArgumentException(
                        "model.vocab[%d] must be a token and its score, not %s"
                                .formatted(id, TokenizerFiles.shorten(token.toString())));
            }
            String text =
                    JsonFields.requireUnicode("a token of model.vocab", token.get(0).textValue());
            tokens.add(new UnigramModel.Token(text, token.get(1).doubleValue()));
        }
        return new UnigramModel(
                tokens,
                model.isNull("unk_id") ? null : model.integer("unk_id"),
                model.flag("byte_fallback", false));
    }

    static Map<String, Integer> readVocabulary(JsonFields vocab) {
        Map<String, Integer> vocabulary = new HashMap<>();
        for (Map.Entry<String, JsonNode> entry : vocab.node().properties()) {
            String token = JsonFields.requireUnicode("a token", entry.getKey());
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
                            .formatted(rank, TokenizerFiles.shorten(merge.toString())));
        }
        String text = merge.textValue();
        return new Merge(text.substring(0, space), text.substring(space + 1));
    }

    static ObjectNode write(ObjectMapper json, Model model) {
        ObjectNode object = json.createObjectNode();
        switch (model) {
            case BpeModel bpe -> writeBpe(object, bpe);
            case WordPieceModel wordPiece -> {
                object.put("type", "WordPiece");
                object.put("unk_token", wordPiece.unknownToken());
                object.put("continuing_subword_prefix", wordPiece.continuingPrefix());
                object.put("max_input_chars_per_word", wordPiece.mostCharacters());
                writeVocabulary(object.putObject("vocab"), wordPiece.vocabulary());
            }
            case UnigramModel unigram -> {
                object.put("type", "Unigram");
                object.put("unk_id", unigram.unknownId());
                ArrayNode vocabulary = object.putArray("vocab");
                for (UnigramModel.Token token : unigram.tokens()) {
                    vocabulary.addArray().add(token.text()).add(token.score());
                }
                object.put("byte_fallback", unigram.byteFallback());
            }
            default ->
                    throw new IllegalArgumentException(
                            "tokenizer.json cannot hold a " + model.getClass().getSimpleName());
        }
        return object;
    }

    private static void writeBpe(ObjectNode object, BpeModel bpe) {
        BpeModel.Options options = bpe.options();
        object.put("type", "BPE");
        object.putNull("dropout");
        object.put("unk_token", bpe.unknownToken());
        putUnlessEmpty(object, "continuing_subword_prefix", options.continuingPrefix());
        putUnlessEmpty(object, "end_of_word_suffix", options.endOfWordSuffix());
        object.put("fuse_unk", options.fuseUnknown());
        object.put("byte_fallback", options.byteFallback());
        object.put("ignore_merges", options.wholePiecesFirst());
        writeVocabulary(object.putObject("vocab"), bpe.vocabulary());
        ArrayNode merges = object.putArray("merges");
        // tokens with blanks need the newer of the two spellings
        boolean blanks = bpe.vocabulary().keySet().stream().anyMatch(token -> token.contains(" "));
        for (Merge merge : bpe.merges()) {
            if (blanks) {
                merges.addArray().add(merge.left()).add(merge.right());
            } else {
                merges.add(merge.left() + " " + merge.right());
            }
        }
    }

    private static void putUnlessEmpty(ObjectNode object, String field, String text) {
        if (text.isEmpty()) {
            object.putNull(field);
        } else {
            object.put(field, text);
        }
    }

    /// Adds all tokens and their ids by ascending id.
    static ObjectNode writeVocabulary(ObjectNode tokens, Map<String, Integer> vocabulary) {
        vocabulary.entrySet().stream()
                .sorted(Map.Entry.comparingByValue(Comparator.naturalOrder()))
                .forEach(entry -> tokens.put(entry.getKey(), entry.getValue()));
        return tokens;
    }
}
