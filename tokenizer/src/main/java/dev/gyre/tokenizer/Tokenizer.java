package dev.gyre.tokenizer;

import dev.gyre.tokenizer.bpe.BpeModel;
import dev.gyre.tokenizer.bpe.MergeTable;
import dev.gyre.tokenizer.bpe.PieceEncoder;
import dev.gyre.tokenizer.pipeline.AddedToken;
import dev.gyre.tokenizer.pipeline.AddedTokenTrie;
import dev.gyre.tokenizer.pipeline.TokenizerDefinition;
import dev.gyre.tokenizer.text.ByteLevel;
import dev.gyre.tokenizer.text.ComposedForm;
import dev.gyre.tokenizer.text.IdBuffer;
import dev.gyre.tokenizer.text.Utf8Text;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import org.jspecify.annotations.Nullable;

/// Turns text into token ids and back, with byte-level byte-pair encoding.
///
/// ```java
/// Tokenizer tokenizer = TokenizerJson.load(Path.of("tokenizer.json"));
/// int[] ids = tokenizer.encode("Hello world"); // GPT-2: [15496, 995]
/// String text = tokenizer.decode(ids); // "Hello world"
/// ```
///
/// Ids equal those of Hugging Face tokenizers with the same file, on any text. Time grows nearly
/// linearly with the text, whatever it contains. Tokenizers come from [TokenizerJson],
/// [GgufVocabulary] or [BpeTrainer]; they never change and may be used by any number of threads.
public final class Tokenizer {
    private final TokenizerDefinition definition;
    private final MergeTable merges;
    private final int[] byteIds;
    private final PieceEncoder.Pieces wholePieces = new PieceEncoder.Pieces();
    private final @Nullable TokenBytes[] tokens;
    private final @Nullable AddedToken[] added;
    private final AddedTokenTrie rawTokens;
    private final AddedTokenTrie normalizedTokens;
    private final BlockingQueue<PieceEncoder> idleEncoders =
            new ArrayBlockingQueue<>(2 * Runtime.getRuntime().availableProcessors());

    public Tokenizer(TokenizerDefinition definition) {
        this.definition = definition;
        BpeModel model = definition.model();
        merges = model.mergeTable();
        byteIds = model.byteIds();
        int size = 0;
        for (int id : model.vocabulary().values()) {
            size = Math.max(size, id + 1);
        }
        for (AddedToken token : definition.addedTokens()) {
            size = Math.max(size, token.id() + 1);
        }
        tokens = new TokenBytes[size];
        added = new AddedToken[size];
        model.vocabulary()
                .forEach((token, id) -> tokens[id] = new TokenBytes(ByteLevel.bytes(token)));
        for (AddedToken token : definition.addedTokens()) {
            added[token.id()] = token;
            tokens[token.id()] = new TokenBytes(token.content().getBytes(StandardCharsets.UTF_8));
        }
        if (model.wholePiecesFirst()) {
            model.vocabulary()
                    .forEach(
                            (token, id) -> {
                                if (added[id] == null) {
                                    wholePieces.add(ByteLevel.bytes(token), id);
                                }
                            });
        }
        rawTokens = trie(definition, false);
        normalizedTokens = trie(definition, true);
    }

    private static AddedTokenTrie trie(TokenizerDefinition definition, boolean normalized) {
        List<AddedToken> tokens = new ArrayList<>();
        for (AddedToken token : definition.addedTokens()) {
            if (token.normalized() == normalized) {
                String content =
                        normalized && definition.composed()
                                ? ComposedForm.of(token.content())
                                : token.content();
                tokens.add(new AddedToken(token.id(), content, token.special(), normalized));
            }
        }
        return new AddedTokenTrie(tokens);
    }

    /// What a token stands for.
    private static final class TokenBytes {
        final byte[] bytes;

        TokenBytes(byte[] bytes) {
            this.bytes = bytes;
        }
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
        Utf8Text utf8 = Utf8Text.of(text);
        IdBuffer out = new IdBuffer(utf8.length() / 3);
        PieceEncoder encoder = borrowEncoder();
        Plain pieces = (bytes, start, end) -> encoder.encode(bytes, start, end, out);
        cutAllTokens(utf8, specialTokens, out, pieces);
        giveBack(encoder);
        return out.toArray();
    }

    /// Token ids of a text written by a program around text typed by people: special tokens become
    /// control tokens except where the guard character breaks them. The guards themselves are taken
    /// out before the text between two control tokens is encoded.
    ///
    /// @param guard a character that is in no token and nowhere else in the text
    public int[] encodeGuarded(String text, char guard) {
        Utf8Text utf8 = Utf8Text.of(text);
        IdBuffer out = new IdBuffer(utf8.length() / 3);
        PieceEncoder encoder = borrowEncoder();
        Plain pieces = (bytes, start, end) -> encoder.encode(bytes, start, end, out);
        String guardText = String.valueOf(guard);
        Plain guarded =
                (bytes, start, end) -> {
                    String plain = new String(bytes, start, end - start, StandardCharsets.UTF_8);
                    Utf8Text clean = Utf8Text.of(plain.replace(guardText, ""));
                    cutAllTokens(clean, SpecialTokens.AS_TEXT, out, pieces);
                };
        cutSpecialTokens(utf8, out, guarded);
        giveBack(encoder);
        return out.toArray();
    }

    /// A stretch of text without added tokens.
    private interface Plain {
        void accept(byte[] text, int start, int end);
    }

    private void cutAllTokens(Utf8Text text, SpecialTokens special, IdBuffer out, Plain plain) {
        boolean control = special == SpecialTokens.AS_CONTROL;
        cut(text, out, plain, token -> control || !token.special());
    }

    private void cutSpecialTokens(Utf8Text text, IdBuffer out, Plain plain) {
        cut(text, out, plain, AddedToken::special);
    }

    /// Cuts the text at added tokens: first those looked for in the text as given, then, in what is
    /// left and normalised, the others. A token that is not wanted stays part of the text, and no
    /// other token is looked for inside it.
    private void cut(Utf8Text text, IdBuffer out, Plain plain, Wanted wanted) {
        Plain normalized =
                (bytes, start, end) -> cutNormalized(bytes, start, end, out, plain, wanted);
        cutWith(rawTokens, text.bytes(), 0, text.length(), out, normalized, wanted);
    }

    private interface Wanted {
        boolean test(AddedToken token);
    }

    private void cutNormalized(
            byte[] text, int start, int end, IdBuffer out, Plain plain, Wanted wanted) {
        if (!definition.composed() || isAscii(text, start, end)) {
            cutWith(normalizedTokens, text, start, end, out, plain, wanted);
            return;
        }
        String decoded = new String(text, start, end - start, StandardCharsets.UTF_8);
        Utf8Text composed = Utf8Text.of(ComposedForm.of(decoded));
        cutWith(normalizedTokens, composed.bytes(), 0, composed.length(), out, plain, wanted);
    }

    private void cutWith(
            AddedTokenTrie trie,
            byte[] text,
            int start,
            int end,
            IdBuffer out,
            Plain plain,
            Wanted wanted) {
        if (trie.isEmpty()) {
            plain.accept(text, start, end);
            return;
        }
        int plainStart = start;
        int position = trie.find(text, start, end);
        while (position < end) {
            int id = trie.idAt(text, position, end);
            int next = position + trie.lengthAt(text, position, end);
            AddedToken token = added[id];
            if (token != null && wanted.test(token)) {
                plain.accept(text, plainStart, position);
                out.add(id);
                plainStart = next;
            }
            position = trie.find(text, next, end);
        }
        plain.accept(text, plainStart, end);
    }

    private static boolean isAscii(byte[] text, int start, int end) {
        for (int i = start; i < end; i++) {
            if (text[i] < 0) {
                return false;
            }
        }
        return true;
    }

    /// An encoder of its own for each running call; a few are kept with their warm caches.
    private PieceEncoder borrowEncoder() {
        PieceEncoder idle = idleEncoders.poll();
        return idle != null
                ? idle
                : new PieceEncoder(definition.pattern().scanner(), merges, byteIds, wholePieces);
    }

    private void giveBack(PieceEncoder encoder) {
        idleEncoders.offer(encoder);
    }

    /// The ids with what the vocabulary's own file puts around every text, such as Llama 3's
    /// `<|begin_of_text|>`; most files put nothing.
    public int[] frame(int[] ids) {
        IdBuffer framed = new IdBuffer(ids.length + 2);
        definition.prefix().forEach(framed::add);
        for (int id : ids) {
            framed.add(id);
        }
        definition.suffix().forEach(framed::add);
        return framed.toArray();
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
        ByteArrayOutputStream text = new ByteArrayOutputStream(ids.length * 4);
        for (int id : ids) {
            byte[] token = bytesOf(id);
            if (!skipSpecialTokens || !isSpecial(id)) {
                text.write(token, 0, token.length);
            }
        }
        return text.toString(StandardCharsets.UTF_8);
    }

    /// The bytes of a token; they need not be whole characters.
    ///
    /// @throws IllegalArgumentException if the id is not in the vocabulary
    public byte[] tokenBytes(int id) {
        return bytesOf(id).clone();
    }

    byte[] bytesOf(int id) {
        TokenBytes token = id >= 0 && id < tokens.length ? tokens[id] : null;
        if (token == null) {
            throw new IllegalArgumentException(
                    "token id %d is not in the vocabulary, whose ids go from 0 to %d"
                            .formatted(id, tokens.length - 1));
        }
        return token.bytes;
    }

    /// Number of token ids, special tokens included: the highest id plus one.
    public int vocabularySize() {
        return tokens.length;
    }

    /// Whether the id is that of a special token; `false` for ids outside the vocabulary.
    public boolean isSpecial(int id) {
        AddedToken token = id >= 0 && id < added.length ? added[id] : null;
        return token != null && token.special();
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

    /// The bytes that the vocabulary has no token for, ascending; mostly none. Encoding leaves them
    /// out (or writes the unknown token), as Hugging Face does: SmolLM2 has no token for six
    /// control characters.
    public List<Integer> missingBytes() {
        return definition.model().missingBytes();
    }
}
