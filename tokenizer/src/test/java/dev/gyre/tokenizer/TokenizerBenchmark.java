package dev.gyre.tokenizer;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.gyre.tokenizer.formats.SentencePieceFile;
import dev.gyre.tokenizer.formats.TokenizerJson;
import dev.gyre.tokenizer.formats.Vocabularies;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.zip.CRC32;

/// Encodes for `benchmarks/tokenizer`, which runs it beside others. Not a test.
///
/// Each line of its input is a JSON object, which it answers with another. `do` says what:
/// - `load`: reads the file `model`, or the built-in vocabulary of that name; the answer has `wall`
///   and `cpu`, in seconds
/// - `warm`: encodes the file `text` with a few fresh tokenizers, then for some `seconds` with the
///   one that was loaded, so that the code is compiled
/// - `encode`: the first `bytes` of the file `text`, with a fresh tokenizer where `cold` is true;
///   the answer has also `tokens` and their `checksum`; as `input` it takes a `string`, its bytes
///   (`utf8`), or the string on all processors (`parallel`)
/// - `batch`: the same text in documents of about 100 kB, on so many `threads`
/// - `ids`: for parity, everything about each of the `texts`
/// - `decode`: for parity, the texts of `ids`
final class TokenizerBenchmark {
    private static final int DOCUMENT_BYTES = 100_000;

    /// Loading takes much longer than encoding, so there are few.
    private static final int FRESH = 6;

    private static final ObjectMapper JSON =
            JsonMapper.builder(
                            JsonFactory.builder()
                                    .streamReadConstraints(
                                            StreamReadConstraints.builder()
                                                    .maxStringLength(Integer.MAX_VALUE)
                                                    .build())
                                    .build())
                    .enable(JsonWriteFeature.ESCAPE_NON_ASCII)
                    .build();

    private final Map<String, Tokenizer> tokenizers = new HashMap<>();
    private final Map<String, String> texts = new HashMap<>();

    private TokenizerBenchmark() {}

    public static void main(String[] arguments) throws IOException {
        TokenizerBenchmark benchmark = new TokenizerBenchmark();
        PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
        var lines = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String line; (line = lines.readLine()) != null; ) {
            ObjectNode answer = JSON.createObjectNode();
            try {
                benchmark.answer(JSON.readTree(line), answer);
            } catch (IllegalArgumentException e) {
                answer.removeAll();
                answer.put("error", e.getMessage());
            } catch (Exception | StackOverflowError e) {
                answer.removeAll();
                answer.put("error", e.toString()).put("crash", true);
            }
            out.println(JSON.writeValueAsString(answer));
        }
    }

    private void answer(JsonNode request, ObjectNode answer) throws Exception {
        String model = request.path("model").asText();
        switch (request.path("do").asText()) {
            case "load" -> timed(answer, () -> tokenizers.put(model, read(model)));
            case "warm" -> {
                String text = text(request);
                for (int i = 0; i < FRESH; i++) {
                    read(model).encode(text);
                }
                long until = System.nanoTime() + (long) (request.path("seconds").asDouble() * 1e9);
                do {
                    tokenizers.get(model).encode(text);
                } while (System.nanoTime() < until);
            }
            case "encode" -> {
                String text = text(request);
                Tokenizer tokenizer =
                        request.path("cold").asBoolean() ? read(model) : tokenizers.get(model);
                String input = request.path("input").asText("string");
                byte[] utf8 = input.equals("utf8") ? text.getBytes(StandardCharsets.UTF_8) : null;
                SpecialTokens special = SpecialTokens.AS_TEXT;
                Callable<int[]> encoding =
                        utf8 != null
                                ? () -> tokenizer.encodeUtf8(utf8, special)
                                : input.equals("parallel")
                                        ? () -> tokenizer.encodeParallel(text, special)
                                        : () -> tokenizer.encode(text, special);
                checksum(timed(answer, encoding), answer);
            }
            case "batch" -> batch(request, answer);
            case "ids" -> ids(tokenizers.get(model), request, answer);
            case "decode" -> decode(tokenizers.get(model), request, answer);
            default -> throw new IllegalArgumentException("unknown request " + request);
        }
    }

    private static Tokenizer read(String model) {
        if (Vocabularies.names().contains(model)) {
            return Vocabularies.load(model);
        }
        Path file = Path.of(model);
        return model.endsWith(".model") ? SentencePieceFile.load(file) : TokenizerJson.load(file);
    }

    private String text(JsonNode request) throws IOException {
        String name = request.path("text").asText();
        int bytes = request.path("bytes").asInt(Integer.MAX_VALUE);
        String key = name + " " + bytes;
        String known = texts.get(key);
        if (known == null) {
            byte[] file = Files.readAllBytes(Path.of(name));
            int end = Math.min(bytes, file.length);
            while (end < file.length && (file[end] & 0xC0) == 0x80) {
                end--;
            }
            known = new String(file, 0, end, StandardCharsets.UTF_8);
            texts.put(key, known);
        }
        return known;
    }

    private <T> T timed(ObjectNode answer, Callable<T> work) throws Exception {
        System.gc();
        long cpu = ProcessClock.nanos();
        long start = System.nanoTime();
        T result = work.call();
        answer.put("wall", (System.nanoTime() - start) / 1e9);
        answer.put("cpu", (ProcessClock.nanos() - cpu) / 1e9);
        return result;
    }

    private static void checksum(int[] ids, ObjectNode answer) {
        ByteBuffer bytes = ByteBuffer.allocate(4 * ids.length).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asIntBuffer().put(ids);
        CRC32 checksum = new CRC32();
        checksum.update(bytes.array());
        answer.put("tokens", ids.length).put("checksum", checksum.getValue());
    }

    private void batch(JsonNode request, ObjectNode answer) throws Exception {
        Tokenizer tokenizer = tokenizers.get(request.path("model").asText());
        List<Callable<Integer>> documents = new ArrayList<>();
        String text = text(request);
        for (int start = 0; start < text.length(); ) {
            int end = text.indexOf('\n', Math.min(text.length(), start + DOCUMENT_BYTES)) + 1;
            String document = text.substring(start, end == 0 ? text.length() : end);
            documents.add(() -> tokenizer.encode(document).length);
            start += document.length();
        }
        int threads = request.path("threads").asInt();
        try (ExecutorService pool = Executors.newFixedThreadPool(threads)) {
            timed(answer, () -> pool.invokeAll(documents));
        }
    }

    private static void ids(Tokenizer tokenizer, JsonNode request, ObjectNode answer) {
        ArrayNode plain = answer.putArray("plain");
        ArrayNode control = answer.putArray("control");
        ArrayNode framed = answer.putArray("framed");
        ArrayNode starts = answer.putArray("starts");
        ArrayNode ends = answer.putArray("ends");
        for (JsonNode node : request.path("texts")) {
            String text = node.textValue();
            add(plain, tokenizer.encode(text, SpecialTokens.AS_TEXT));
            int[] ids = tokenizer.encode(text, SpecialTokens.AS_CONTROL);
            add(control, ids);
            add(framed, tokenizer.frame(ids));
            if (request.path("offsets").asBoolean()) {
                Encoding encoding = tokenizer.encodeWithOffsets(text, SpecialTokens.AS_CONTROL);
                add(starts, encoding.starts(Encoding.Unit.CODE_POINTS));
                add(ends, encoding.ends(Encoding.Unit.CODE_POINTS));
            }
        }
    }

    private static void decode(Tokenizer tokenizer, JsonNode request, ObjectNode answer) {
        ArrayNode whole = answer.putArray("whole");
        ArrayNode skipped = answer.putArray("skipped");
        for (JsonNode node : request.path("ids")) {
            int[] ids = new int[node.size()];
            for (int i = 0; i < ids.length; i++) {
                ids[i] = node.get(i).intValue();
            }
            whole.add(tokenizer.decode(ids, false));
            skipped.add(tokenizer.decode(ids, true));
        }
    }

    private static void add(ArrayNode list, int[] values) {
        ArrayNode node = list.addArray();
        for (int value : values) {
            node.add(value);
        }
    }
}
