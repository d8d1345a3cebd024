package dev.gyre.tokenization;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.gyre.access.FailureException;
import dev.gyre.proto.tokenizer.v1.ExplainRequest;
import dev.gyre.proto.tokenizer.v1.ExplainResponse;
import dev.gyre.proto.tokenizer.v1.FertilityRow;
import dev.gyre.proto.tokenizer.v1.LanguageText;
import dev.gyre.proto.tokenizer.v1.RenderChatRequest;
import dev.gyre.proto.tokenizer.v1.RenderChatResponse;
import dev.gyre.proto.tokenizer.v1.RenderFewShotRequest;
import dev.gyre.proto.tokenizer.v1.RenderFewShotResponse;
import dev.gyre.proto.tokenizer.v1.ReportFertilityRequest;
import dev.gyre.proto.tokenizer.v1.ReportFertilityResponse;
import dev.gyre.tokenizer.chat.ChatMessage;
import dev.gyre.tokenizer.chat.FewShotPrompt;
import dev.gyre.tokenizer.report.Explanation;
import dev.gyre.tokenizer.report.Fertility;
import jakarta.inject.Singleton;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// The calls that write prompts and show what a tokenizer does.
@Singleton
public class ReportCalls {
    private static final int MOST_EXPLAINED_BYTES = 64 << 10;
    private static final int MOST_TOKENIZERS = 16;
    private static final int MOST_EXAMPLES = 1000;
    private static final int DEFAULT_WIDTH = 4096;
    private static final ObjectMapper JSON =
            JsonMapper.builder()
                    .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
                    .build();

    private final TokenizerStore tokenizers;
    private final Tokenization tokenization;

    ReportCalls(TokenizerStore tokenizers, Tokenization tokenization) {
        this.tokenizers = tokenizers;
        this.tokenization = tokenization;
    }

    RenderChatResponse renderChat(RenderChatRequest request) {
        StoredTokenizer tokenizer = tokenizers.find(request.getTokenizer());
        List<ChatMessage> messages =
                request.getMessagesList().stream().map(Messages::chatMessage).toList();
        Map<String, @Nullable Object> variables = Messages.map(request.getVariables());
        if (request.hasTools()) {
            variables.put("tools", Messages.list(request.getTools()));
        }
        boolean generates = request.getAddGenerationPrompt();
        return RenderChatResponse.newBuilder()
                .setText(tokenization.render(tokenizer, messages, generates, variables))
                .addAllTokenIds(
                        Messages.boxed(
                                tokenization.encode(tokenizer, messages, generates, variables)))
                .setTokenizer(tokenizer.place().reference())
                .build();
    }

    RenderFewShotResponse renderFewShot(RenderFewShotRequest request) {
        if (request.getExamplesCount() > MOST_EXAMPLES) {
            throw FailureException.invalid(
                    "examples",
                    "there are %d examples, the limit is %d"
                            .formatted(request.getExamplesCount(), MOST_EXAMPLES));
        }
        List<FewShotPrompt.Example> examples =
                request.getExamplesList().stream()
                        .map(one -> new FewShotPrompt.Example(one.getInput(), one.getOutput()))
                        .toList();
        try {
            FewShotPrompt template = template(request);
            return RenderFewShotResponse.newBuilder()
                    .setPrompt(template.format(examples, request.getInput()))
                    .setStop(template.stop())
                    .build();
        } catch (IllegalArgumentException refused) {
            throw FailureException.invalid("template", String.valueOf(refused.getMessage()));
        }
    }

    private static FewShotPrompt template(RenderFewShotRequest request) {
        FewShotPrompt usual =
                request.getTemplate().isEmpty()
                        ? FewShotPrompt.DEFAULT
                        : FewShotPrompt.named(request.getTemplate());
        return new FewShotPrompt(
                or(request.getInputLabel(), usual.inputLabel()),
                or(request.getOutputLabel(), usual.outputLabel()),
                or(request.getSeparator(), usual.separator()));
    }

    private static String or(String text, String usual) {
        return text.isEmpty() ? usual : text;
    }

    ExplainResponse explain(ExplainRequest request) {
        StoredTokenizer tokenizer = tokenizers.find(request.getTokenizer());
        long bytes = Tokenization.utf8Length(request.getText());
        if (bytes > MOST_EXPLAINED_BYTES) {
            throw FailureException.invalid(
                    "text",
                    "text has %d bytes in UTF-8, the limit is %d; explain a part of it"
                            .formatted(bytes, MOST_EXPLAINED_BYTES));
        }
        Explanation explanation =
                tokenization.work(
                        request.getText(),
                        "text",
                        () -> Explanation.of(tokenizer.tokenizer(), request.getText()));
        try {
            return ExplainResponse.newBuilder()
                    .setText(explanation.text())
                    .setJson(JSON.writeValueAsString(explanation))
                    .setTokenizer(tokenizer.place().reference())
                    .build();
        } catch (JsonProcessingException impossible) {
            throw new IllegalStateException("an explanation was not written", impossible);
        }
    }

    ReportFertilityResponse reportFertility(ReportFertilityRequest request) {
        int count = request.getTokenizersCount();
        if (count < 1 || count > MOST_TOKENIZERS) {
            throw FailureException.invalid(
                    "tokenizers",
                    "%d tokenizers are named; 1 to %d can be compared"
                            .formatted(count, MOST_TOKENIZERS));
        }
        if (request.getEmbeddingWidth() < 0) {
            throw FailureException.invalid(
                    "embedding_width",
                    "embedding_width is %d; it must be at least 1, or 0 for %d"
                            .formatted(request.getEmbeddingWidth(), DEFAULT_WIDTH));
        }
        int width = request.getEmbeddingWidth() == 0 ? DEFAULT_WIDTH : request.getEmbeddingWidth();
        checkTexts(request.getTextsList());
        List<Fertility> rows = new ArrayList<>();
        for (String name : request.getTokenizersList()) {
            StoredTokenizer tokenizer = tokenizers.find(name);
            for (LanguageText text : request.getTextsList()) {
                rows.add(
                        tokenization.work(
                                text.getText(),
                                "texts",
                                () ->
                                        Fertility.measure(
                                                tokenizer.tokenizer(),
                                                tokenizer.place().reference(),
                                                text.getLanguage(),
                                                text.getText())));
            }
        }
        return ReportFertilityResponse.newBuilder()
                .addAllRows(rows.stream().map(row -> message(row, width)).toList())
                .setMarkdown(Fertility.markdown(rows, width))
                .build();
    }

    private static void checkTexts(List<LanguageText> texts) {
        Set<String> languages = new HashSet<>();
        long bytes = 0;
        for (LanguageText text : texts) {
            if (text.getLanguage().isBlank() || !languages.add(text.getLanguage())) {
                throw FailureException.invalid(
                        "texts",
                        "language \"%s\" is %s; name each text once"
                                .formatted(
                                        text.getLanguage(),
                                        text.getLanguage().isBlank() ? "blank" : "there twice"));
            }
            bytes += Tokenization.utf8Length(text.getText());
        }
        if (bytes > Tokenization.MAX_TEXT_BYTES) {
            throw FailureException.invalid(
                    "texts",
                    "the texts have %d bytes in UTF-8, the limit is %d; measure parts of them"
                            .formatted(bytes, Tokenization.MAX_TEXT_BYTES));
        }
    }

    private static FertilityRow message(Fertility row, int width) {
        return FertilityRow.newBuilder()
                .setTokenizer(row.tokenizer())
                .setLanguage(row.language())
                .setTokens(row.tokens())
                .setWords(row.words())
                .setBytes(row.bytes())
                .setCharacters(row.characters())
                .setVocabularySize(row.vocabularySize())
                .setTiedParameters(row.tiedParameters(width))
                .build();
    }
}
