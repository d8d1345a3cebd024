package dev.gyre.tokenization;

import dev.gyre.tokenizer.Tokenizer;
import dev.gyre.tokenizer.bpe.BpeModel;
import dev.gyre.tokenizer.pipeline.AddedToken;
import dev.gyre.tokenizer.sentencepiece.SentencePieceModel;
import dev.gyre.tokenizer.text.ByteLevel;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiConsumer;

/// Writes the fronts of GGUF files with the vocabularies of tokenizers; no tensors follow.
final class GgufFronts {
    private static final int INT32 = 5;
    private static final int FLOAT32 = 6;
    private static final int BOOL = 7;
    private static final int TEXT = 8;
    private static final int LIST = 9;

    private final ByteArrayOutputStream values = new ByteArrayOutputStream();
    private int keys;

    private GgufFronts() {}

    /// A byte-level vocabulary. Its first special token begins texts, its last ends them.
    static byte[] byteLevel(Tokenizer tokenizer, String chatTemplate) {
        List<String> tokens = new ArrayList<>();
        List<Integer> types = new ArrayList<>();
        for (int id = 0; id < tokenizer.vocabularySize(); id++) {
            tokens.add(ByteLevel.spell(tokenizer.tokenBytes(id)));
            types.add(1);
        }
        for (AddedToken token : tokenizer.addedTokens()) {
            tokens.set(token.id(), token.content());
            types.set(token.id(), 3);
        }
        BpeModel model = (BpeModel) tokenizer.definition().model();
        GgufFronts front = new GgufFronts();
        front.text("tokenizer.ggml.model", "gpt2");
        front.text("tokenizer.ggml.pre", "gpt-2");
        front.list("tokenizer.ggml.tokens", TEXT, tokens, GgufFronts::text);
        front.list("tokenizer.ggml.token_type", INT32, types, GgufFronts::int32);
        front.list(
                "tokenizer.ggml.merges",
                TEXT,
                model.merges().stream().map(merge -> merge.left() + " " + merge.right()).toList(),
                GgufFronts::text);
        front.id("tokenizer.ggml.bos_token_id", tokenizer.addedTokens().getFirst().id());
        front.id("tokenizer.ggml.eos_token_id", tokenizer.addedTokens().getLast().id());
        front.text("tokenizer.chat_template", chatTemplate);
        return front.bytes();
    }

    /// Pieces of SentencePiece; the end token is put behind every text.
    ///
    /// @param model `llama` or `t5`
    static byte[] pieces(String model, Tokenizer tokenizer) {
        SentencePieceModel pieces = (SentencePieceModel) tokenizer.definition().model();
        GgufFronts front = new GgufFronts();
        front.text("tokenizer.ggml.model", model);
        front.list(
                "tokenizer.ggml.tokens",
                TEXT,
                pieces.pieces().stream().map(SentencePieceModel.Piece::text).toList(),
                GgufFronts::text);
        front.list(
                "tokenizer.ggml.scores",
                FLOAT32,
                pieces.pieces().stream().map(SentencePieceModel.Piece::score).toList(),
                (out, score) -> int32(out, Float.floatToRawIntBits(score)));
        front.list(
                "tokenizer.ggml.token_type",
                INT32,
                pieces.pieces().stream().map(piece -> piece.type().ordinal() + 1).toList(),
                GgufFronts::int32);
        front.truth("tokenizer.ggml.remove_extra_whitespaces", true);
        front.id("tokenizer.ggml.eos_token_id", pieces.vocabulary().getOrDefault("</s>", -1));
        front.truth("tokenizer.ggml.add_bos_token", false);
        front.truth("tokenizer.ggml.add_eos_token", true);
        return front.bytes();
    }

    private void key(String key, int type) {
        text(values, key);
        int32(values, type);
        keys++;
    }

    private void text(String key, String value) {
        key(key, TEXT);
        text(values, value);
    }

    private void id(String key, int value) {
        key(key, INT32);
        int32(values, value);
    }

    private void truth(String key, boolean value) {
        key(key, BOOL);
        values.write(value ? 1 : 0);
    }

    private <T> void list(
            String key, int type, List<T> elements, BiConsumer<ByteArrayOutputStream, T> write) {
        key(key, LIST);
        int32(values, type);
        int64(values, elements.size());
        elements.forEach(element -> write.accept(values, element));
    }

    private byte[] bytes() {
        ByteArrayOutputStream file = new ByteArrayOutputStream();
        file.writeBytes("GGUF".getBytes(StandardCharsets.US_ASCII));
        int32(file, 3);
        int64(file, 0);
        int64(file, keys);
        file.writeBytes(values.toByteArray());
        return file.toByteArray();
    }

    private static void text(ByteArrayOutputStream out, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        int64(out, bytes.length);
        out.writeBytes(bytes);
    }

    private static void int32(ByteArrayOutputStream out, int value) {
        out.writeBytes(ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN).putInt(value).array());
    }

    private static void int64(ByteArrayOutputStream out, long value) {
        out.writeBytes(
                ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putLong(value).array());
    }
}
