package dev.gyre.tokenizer;

import dev.gyre.tokenizer.bpe.BpeModel;
import dev.gyre.tokenizer.pipeline.AddedToken;
import dev.gyre.tokenizer.pipeline.AddedTokenCutter;
import dev.gyre.tokenizer.pipeline.Model;
import dev.gyre.tokenizer.pipeline.PostProcessor;
import dev.gyre.tokenizer.pipeline.TokenizerDefinition;
import dev.gyre.tokenizer.text.AlignedText;
import dev.gyre.tokenizer.text.IdBuffer;
import dev.gyre.tokenizer.text.Utf8;
import dev.gyre.tokenizer.text.Utf8Text;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalInt;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Turns text into token ids and back.
///
/// ```java
/// Tokenizer tokenizer = TokenizerJson.load(Path.of("tokenizer.json"));
/// int[] ids = tokenizer.encode("Hello world"); // GPT-2: [15496, 995]
/// String text = tokenizer.decode(ids); // "Hello world"
/// ```
///
/// Ids equal those of Hugging Face tokenizers with the same file, on any text. Time grows nearly
/// linearly with the text, whatever it contains. Tokenizers come from the packages `formats` and
/// `training`; they never change and may be used by any number of threads.
public final class Tokenizer {
    private final TokenizerDefinition definition;
    private final boolean byteLevel;
    private final Model.Encoders encoders;
    private final Model.Tokens tokens;

    /// The text that each token stands for, wherever it stands.
    private final byte[] @Nullable [] bytes;

    private final @Nullable AddedToken[] added;
    private final AddedTokenCutter rawTokens;
    private final AddedTokenCutter normalizedTokens;
    private final EncoderPool<PlainTextEncoder> pool;

    /// @throws IllegalArgumentException if the parts of the definition do not go together
    public Tokenizer(TokenizerDefinition definition) {
        this.definition = definition;
        byteLevel = definition.isByteLevel();
        tokens = definition.model().tokensById();
        Set<Integer> special = new HashSet<>();
        int size = tokens.size();
        for (AddedToken token : definition.addedTokens()) {
            size = Math.max(size, token.id() + 1);
            if (token.special()) {
                special.add(token.id());
            }
        }
        encoders = definition.model().encoders(byteLevel, special);
        bytes = new byte[size][];
        added = new AddedToken[size];
        for (int id = 0; id < tokens.size(); id++) {
            bytes[id] = byteLevel ? tokens.bytes(id) : bytes(tokens.spelled(id), definition);
        }
        for (AddedToken token : definition.addedTokens()) {
            added[token.id()] = token;
            bytes[token.id()] = token.content().getBytes(StandardCharsets.UTF_8);
        }
        pool = new EncoderPool<>(() -> new PlainTextEncoder(definition, encoders));
        rawTokens = cutter(definition, false);
        normalizedTokens = cutter(definition, true);
    }

    private static AddedTokenCutter cutter(TokenizerDefinition definition, boolean normalized) {
        List<AddedToken> tokens = new ArrayList<>();
        List<String> contents = new ArrayList<>();
        for (AddedToken token : definition.addedTokens()) {
            if (token.normalized() == normalized) {
                String content =
                        normalized
                                ? definition.normalizer().apply(token.content())
                                : token.content();
                if (!content.isEmpty()) {
                    tokens.add(token);
                    contents.add(content);
                }
            }
        }
        return new AddedTokenCutter(tokens, contents);
    }

    private static byte @Nullable [] bytes(@Nullable String token, TokenizerDefinition definition) {
        if (token == null) {
            return null;
        }
        int value = definition.decoder().byteOf(token);
        return value >= 0
                ? new byte[] {(byte) value}
                : definition.decoder().textOf(token).getBytes(StandardCharsets.UTF_8);
    }

    public TokenizerDefinition definition() {
        return definition;
    }

    /// Token ids of a text in which special tokens are plain text.
    ///
    /// @param text any string; lone surrogates count as U+FFFD
    /// @return ids from 0 to [#vocabularySize] less one
    /// @throws IllegalArgumentException if the text has more than 256 MiB in UTF-8
    public int[] encode(String text) {
        return encode(text, SpecialTokens.AS_TEXT);
    }

    /// Token ids of a text.
    ///
    /// @param text any string; lone surrogates count as U+FFFD
    /// @param specialTokens what the text of a special token turns into
    /// @return ids from 0 to [#vocabularySize] less one
    /// @throws IllegalArgumentException if the text has more than 256 MiB in UTF-8
    public int[] encode(String text, SpecialTokens specialTokens) {
        return encode(Utf8Text.of(text), specialTokens);
    }

    /// Token ids of a text that is given in UTF-8.
    ///
    /// @param utf8 the text's bytes
    /// @param specialTokens what the text of a special token turns into
    /// @return ids from 0 to [#vocabularySize] less one
    /// @throws IllegalArgumentException if the bytes are no valid UTF-8 (the first place is named),
    ///   or more than 256 MiB
    public int[] encodeUtf8(byte[] utf8, SpecialTokens specialTokens) {
        return encode(Utf8Text.of(utf8), specialTokens);
    }

    private int[] encode(Utf8Text text, SpecialTokens specialTokens) {
        IdBuffer out = new IdBuffer(text.length() / 3);
        encode(text, specialTokens, out);
        return out.toArray();
    }

    /// Token ids of a large text, found on all processors: those of [#encode]. Vocabularies that
    /// see a text as a whole (SentencePiece's own) take one processor, as does a text without a
    /// place where it can be cut.
    ///
    /// @param text any string; lone surrogates count as U+FFFD
    /// @param specialTokens what the text of a special token turns into
    /// @throws IllegalArgumentException if a part that cannot be cut has more than 256 MiB in UTF-8
    public int[] encodeParallel(String text, SpecialTokens specialTokens) {
        return ParallelEncoding.encode(this, text, specialTokens);
    }

    /// Token ids of a text, with the stretches of text that they stand for.
    ///
    /// @param text any string; lone surrogates count as U+FFFD
    /// @param specialTokens what the text of a special token turns into
    /// @throws IllegalArgumentException if the text has more than 256 MiB in UTF-8
    public Encoding encodeWithOffsets(String text, SpecialTokens specialTokens) {
        Utf8Text utf8 = Utf8Text.of(text);
        IdBuffer out = IdBuffer.withSpans(utf8.length() / 3);
        encode(utf8, specialTokens, out);
        return Encoding.of(this, utf8, out);
    }

    private void encode(Utf8Text text, SpecialTokens specialTokens, IdBuffer out) {
        pool.use(encoder -> cut(text, out, encoder, specialTokens));
    }

    /// Token ids of a text written by a program around text typed by people: special tokens become
    /// control tokens except where the guard character breaks them. The guards themselves are taken
    /// out before the text between two control tokens is encoded.
    ///
    /// @param guard a character that is in no token and nowhere else in the text
    public int[] encodeGuarded(String text, char guard) {
        Utf8Text utf8 = Utf8Text.of(text);
        IdBuffer out = new IdBuffer(utf8.length() / 3);
        pool.use(encoder -> encodeGuarded(utf8, String.valueOf(guard), encoder, out));
        return out.toArray();
    }

    private void encodeGuarded(
            Utf8Text utf8, String guard, PlainTextEncoder encoder, IdBuffer out) {
        AddedTokenCutter.Plain guarded =
                (start, end) -> {
                    byte[] bytes = utf8.bytes();
                    String plain = new String(bytes, start, end - start, StandardCharsets.UTF_8);
                    Utf8Text clean = Utf8Text.of(plain.replace(guard, ""));
                    cut(clean, out, encoder, SpecialTokens.AS_TEXT);
                };
        rawTokens.cut(
                utf8.bytes(),
                0,
                utf8.length(),
                AddedToken::special,
                false,
                guarded,
                (token, start, end) -> out.add(token.id(), start, end));
    }

    /// Cuts the text at added tokens: first those looked for in the text as given, then, in what is
    /// left and normalised, the others. A special token that is not wanted stays part of the text;
    /// if none is, no other token is looked for inside it, as in Hugging Face tokenizers, if some
    /// are, they are, as in tiktoken.
    private void cut(Utf8Text text, IdBuffer out, PlainTextEncoder encoder, SpecialTokens special) {
        rawTokens.cut(
                text.bytes(),
                0,
                text.length(),
                special::cutsOut,
                special.areSome(),
                (start, end) -> cutNormalized(text, start, end, out, encoder, special),
                (token, start, end) -> out.add(token.id(), start, end));
    }

    private void cutNormalized(
            Utf8Text text,
            int start,
            int end,
            IdBuffer out,
            PlainTextEncoder encoder,
            SpecialTokens special) {
        boolean unchanged =
                !definition.normalizer().changesText()
                        || !definition.normalizer().changesAscii()
                                && Utf8.isAscii(text.bytes(), start, end);
        AlignedText normal =
                unchanged
                        ? AlignedText.wrap(text.bytes(), text.length(), out.keepsSpans())
                        : definition
                                .normalizer()
                                .apply(AlignedText.of(text.bytes(), start, end, out.keepsSpans()));
        int from = unchanged ? start : 0;
        normalizedTokens.cut(
                normal.bytes(),
                from,
                unchanged ? end : normal.length(),
                special::cutsOut,
                special.areSome(),
                (plainStart, plainEnd) ->
                        encoder.encode(
                                normal,
                                plainStart,
                                plainEnd,
                                start == 0 && plainStart == from,
                                out),
                (token, tokenStart, tokenEnd) -> {
                    out.add(token.id(), tokenStart, tokenEnd);
                    if (out.keepsSpans()) {
                        out.mapSpans(out.size() - 1, normal);
                    }
                });
    }

    /// The ids with what the vocabulary's own file puts around every text, such as Llama 3's
    /// `<|begin_of_text|>`; most files put nothing.
    public int[] frame(int[] ids) {
        IdBuffer framed = new IdBuffer(ids.length + 2);
        for (PostProcessor.Part part : definition.postProcessor().single()) {
            switch (part) {
                case PostProcessor.Text _ -> {
                    for (int id : ids) {
                        framed.add(id);
                    }
                }
                case PostProcessor.Special special -> special.ids().forEach(framed::add);
            }
        }
        return framed.toArray();
    }

    /// An encoded text with what the vocabulary's own file puts around every text.
    ///
    /// @throws IllegalArgumentException if something was put around it before
    public Encoding frame(Encoding text) {
        return Encoding.of(definition.postProcessor().single(), requireSingle(List.of(text)));
    }

    /// Two encoded texts with what the vocabulary's own file puts around a pair, such as BERT's
    /// `[CLS] … [SEP] … [SEP]`.
    ///
    /// @throws IllegalArgumentException if the file knows no pairs, or something was put around one
    ///   of the texts before
    public Encoding frame(Encoding first, Encoding second) {
        List<PostProcessor.Part> pair = definition.postProcessor().pair();
        if (pair.isEmpty()) {
            throw new IllegalArgumentException(
                    "the tokenizer's post-processor has no template for pairs; encode the texts one by one");
        }
        return Encoding.of(pair, requireSingle(List.of(first, second)));
    }

    private static List<Encoding> requireSingle(List<Encoding> texts) {
        for (Encoding text : texts) {
            if (text.isFramed()) {
                throw new IllegalArgumentException(
                        "the encoding has something around its text already; frame the text's own encoding");
            }
        }
        return texts;
    }

    /// The text of token ids, special tokens included. Bytes that are no valid UTF-8 become U+FFFD.
    ///
    /// @throws IllegalArgumentException if an id is not in the vocabulary
    public String decode(int[] ids) {
        return decode(ids, false);
    }

    /// The text of token ids. Bytes that are no valid UTF-8 become U+FFFD.
    ///
    /// @param skipSpecialTokens whether special tokens are left out
    /// @throws IllegalArgumentException if an id is not in the vocabulary
    public String decode(int[] ids, boolean skipSpecialTokens) {
        StreamingDecoder decoder = new StreamingDecoder(this, skipSpecialTokens);
        StringBuilder text = new StringBuilder(ids.length * 4);
        for (int id : ids) {
            text.append(decoder.add(id));
        }
        return text.append(decoder.finish()).toString();
    }

    /// A token as the vocabulary spells it, for example `Ġworld` or `▁world`.
    ///
    /// @throws IllegalArgumentException if the id is not in the vocabulary
    public String token(int id) {
        bytesOf(id); // refuses what is not in the vocabulary
        AddedToken token = added[id];
        String spelled = token != null ? token.content() : tokens.spelled(id);
        return Objects.requireNonNull(spelled);
    }

    /// The bytes of a token; they need not be whole characters.
    ///
    /// @throws IllegalArgumentException if the id is not in the vocabulary
    public byte[] tokenBytes(int id) {
        return bytesOf(id).clone();
    }

    byte[] bytesOf(int id) {
        byte[] known = id >= 0 && id < bytes.length ? bytes[id] : null;
        if (known == null) {
            throw new IllegalArgumentException(
                    "token id %d is not in the vocabulary, whose ids go from 0 to %d"
                            .formatted(id, bytes.length - 1));
        }
        return known;
    }

    /// Number of token ids, special tokens included: the highest id plus one.
    public int vocabularySize() {
        return bytes.length;
    }

    /// Whether the id is that of a special token; `false` for ids outside the vocabulary.
    public boolean isSpecial(int id) {
        AddedToken token = id >= 0 && id < added.length ? added[id] : null;
        return token != null && token.special();
    }

    boolean isAdded(int id) {
        return added[id] != null;
    }

    /// Id of a special or otherwise added token by its text, for example `<|im_end|>`.
    public OptionalInt addedTokenId(String content) {
        return definition.addedTokens().stream()
                .filter(token -> token.content().equals(content))
                .mapToInt(AddedToken::id)
                .findFirst();
    }

    /// Special tokens and their ids, by ascending id.
    public Map<String, Integer> specialTokens() {
        Map<String, Integer> special = new LinkedHashMap<>();
        for (AddedToken token : definition.addedTokens()) {
            if (token.special()) {
                special.put(token.content(), token.id());
            }
        }
        return special;
    }

    /// All tokens that are cut out of the text before it is split, by ascending id.
    public List<AddedToken> addedTokens() {
        return definition.addedTokens();
    }

    /// The bytes that a byte-level vocabulary has no token for, ascending; mostly none. Encoding
    /// leaves them out (or writes the unknown token), as Hugging Face does: SmolLM2 has no token
    /// for six control characters.
    public List<Integer> missingBytes() {
        return byteLevel && definition.model() instanceof BpeModel bpe
                ? bpe.missingBytes()
                : List.of();
    }
}
