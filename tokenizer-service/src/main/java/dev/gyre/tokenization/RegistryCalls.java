package dev.gyre.tokenization;

import com.google.protobuf.ByteString;
import dev.gyre.access.FailureException;
import dev.gyre.access.Identity;
import dev.gyre.access.Role;
import dev.gyre.proto.tokenizer.v1.ExportTokenizerRequest;
import dev.gyre.proto.tokenizer.v1.ExportTokenizerResponse;
import dev.gyre.proto.tokenizer.v1.GetTokenizerRequest;
import dev.gyre.proto.tokenizer.v1.GetTokenizerResponse;
import dev.gyre.proto.tokenizer.v1.ImportSettings;
import dev.gyre.proto.tokenizer.v1.ImportTokenizerRequest;
import dev.gyre.proto.tokenizer.v1.ImportTokenizerResponse;
import dev.gyre.proto.tokenizer.v1.ListTokenizersResponse;
import dev.gyre.proto.tokenizer.v1.SpecialToken;
import dev.gyre.proto.tokenizer.v1.Tokenizer;
import dev.gyre.proto.tokenizer.v1.TokenizerFormat;
import dev.gyre.tokenizer.formats.TokenizerJson;
import io.grpc.stub.StreamObserver;
import jakarta.inject.Singleton;
import java.io.ByteArrayOutputStream;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The calls that list, show, bring in and bring out tokenizers.
@Singleton
public class RegistryCalls {
    private static final int PART_BYTES = 1 << 20;

    private final TokenizerStore tokenizers;
    private final Registry registry;

    RegistryCalls(TokenizerStore tokenizers, Registry registry) {
        this.tokenizers = tokenizers;
        this.registry = registry;
    }

    ListTokenizersResponse list() {
        ListTokenizersResponse.Builder response = ListTokenizersResponse.newBuilder();
        tokenizers.list().forEach(place -> response.addTokenizers(message(place)));
        return response.build();
    }

    private Tokenizer message(StoredTokenizer.Place place) {
        return Messages.tokenizer(place, tokenizers.vocabularySize(place));
    }

    GetTokenizerResponse get(GetTokenizerRequest request) {
        StoredTokenizer stored = tokenizers.find(request.getTokenizer());
        Integer contextTokens = stored.contextTokens();
        GetTokenizerResponse.Builder response =
                GetTokenizerResponse.newBuilder()
                        .setTokenizer(message(stored.place()))
                        .setAlgorithm(Registry.algorithm(stored.tokenizer()))
                        .setHasChatTemplate(stored.config().chatTemplate() != null)
                        .setContextTokens(contextTokens == null ? 0 : contextTokens);
        stored.tokenizer()
                .specialTokens()
                .forEach(
                        (content, id) ->
                                response.addSpecialTokens(
                                        SpecialToken.newBuilder().setId(id).setContent(content)));
        return response.build();
    }

    StreamObserver<ImportTokenizerRequest> importTokenizer(
            Identity caller, StreamObserver<ImportTokenizerResponse> answer) {
        return new ImportCall(caller, answer);
    }

    /// One call of `ImportTokenizer`.
    private final class ImportCall
            extends Streams.Incoming<ImportTokenizerRequest, ImportTokenizerResponse> {
        private final Identity caller;
        private final Map<String, ByteArrayOutputStream> files = new LinkedHashMap<>();
        private @Nullable ImportSettings settings;
        private String file = "";

        ImportCall(Identity caller, StreamObserver<ImportTokenizerResponse> answer) {
            super(answer);
            this.caller = caller;
        }

        @Override
        void take(ImportTokenizerRequest message) {
            if (settings == null) {
                caller.checkRole(Role.OPERATOR, Role.SERVICE);
                if (!message.hasSettings()) {
                    throw FailureException.invalid(
                            "settings", "settings are missing in the first message");
                }
                settings = message.getSettings();
                file = Messages.format(settings.getFormat()).files().getFirst();
            }
            if (!message.getFile().isEmpty()) {
                file = message.getFile();
                List<String> own = Messages.format(settings.getFormat()).files();
                if (!own.contains(file) && !file.equals(Registry.CONFIG)) {
                    throw FailureException.invalid(
                            "file",
                            "file \"%s\" is not wanted; send %s and perhaps %s"
                                    .formatted(file, String.join(", ", own), Registry.CONFIG));
                }
            }
            ByteArrayOutputStream content =
                    files.computeIfAbsent(file, _ -> new ByteArrayOutputStream());
            if (content.size() + (long) message.getContent().size()
                    > TokenizerJson.MAX_FILE_BYTES) {
                throw FailureException.invalid(
                        "content",
                        "%s has over %d bytes, the limit%s"
                                .formatted(
                                        file,
                                        TokenizerJson.MAX_FILE_BYTES,
                                        settings.getFormat()
                                                        == TokenizerFormat.TOKENIZER_FORMAT_GGUF
                                                ? "; send its front alone, up to the end of the metadata"
                                                : ""));
            }
            content.writeBytes(message.getContent().toByteArray());
        }

        @Override
        void end() {
            ImportSettings wanted = settings;
            if (wanted == null) {
                throw FailureException.invalid(
                        "settings", "no message came; the first must carry settings");
            }
            Map<String, byte[]> contents = new LinkedHashMap<>();
            files.forEach((name, content) -> contents.put(name, content.toByteArray()));
            StoredTokenizer.Place place =
                    registry.importFiles(
                            wanted.getName(),
                            Messages.format(wanted.getFormat()),
                            contents,
                            hints(wanted),
                            caller.subject());
            answer.onNext(
                    ImportTokenizerResponse.newBuilder().setTokenizer(message(place)).build());
            answer.onCompleted();
        }
    }

    private static TokenizerFiles.Hints hints(ImportSettings settings) {
        Map<String, Integer> special = new LinkedHashMap<>();
        for (SpecialToken token : settings.getSpecialTokensList()) {
            if (special.put(token.getContent(), token.getId()) != null) {
                throw FailureException.invalid(
                        "settings.special_tokens",
                        "special token \"%s\" is given twice".formatted(token.getContent()));
            }
        }
        String pattern = settings.getSplitPattern();
        return new TokenizerFiles.Hints(
                pattern.isEmpty() ? null : Messages.splitPattern(pattern, "settings.split_pattern"),
                special,
                settings.getCased());
    }

    void export(ExportTokenizerRequest request, StreamObserver<ExportTokenizerResponse> answer) {
        try {
            StoredTokenizer tokenizer = tokenizers.find(request.getTokenizer());
            registry.exportFiles(tokenizer, Messages.format(request.getFormat()))
                    .forEach((file, content) -> send(file, content, answer));
        } catch (RuntimeException failure) {
            answer.onError(failure);
            return;
        }
        answer.onCompleted();
    }

    private static void send(
            String file, byte[] content, StreamObserver<ExportTokenizerResponse> answer) {
        for (int from = 0; from < content.length; from += PART_BYTES) {
            int size = Math.min(PART_BYTES, content.length - from);
            answer.onNext(
                    ExportTokenizerResponse.newBuilder()
                            .setFile(file)
                            .setContent(ByteString.copyFrom(content, from, size))
                            .build());
        }
    }
}
