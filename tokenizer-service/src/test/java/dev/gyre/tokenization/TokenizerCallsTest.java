package dev.gyre.tokenization;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.google.protobuf.ByteString;
import dev.gyre.access.Role;
import dev.gyre.proto.tokenizer.v1.CancelTrainingRequest;
import dev.gyre.proto.tokenizer.v1.ChatTurn;
import dev.gyre.proto.tokenizer.v1.CountRequest;
import dev.gyre.proto.tokenizer.v1.DecodeBatchRequest;
import dev.gyre.proto.tokenizer.v1.DecodeStreamRequest;
import dev.gyre.proto.tokenizer.v1.DecodeStreamResponse;
import dev.gyre.proto.tokenizer.v1.EncodeBatchRequest;
import dev.gyre.proto.tokenizer.v1.EncodeBatchResponse;
import dev.gyre.proto.tokenizer.v1.EncodeRequest;
import dev.gyre.proto.tokenizer.v1.EncodeResponse;
import dev.gyre.proto.tokenizer.v1.ExplainRequest;
import dev.gyre.proto.tokenizer.v1.ExportTokenizerRequest;
import dev.gyre.proto.tokenizer.v1.ExportTokenizerResponse;
import dev.gyre.proto.tokenizer.v1.FewShotExample;
import dev.gyre.proto.tokenizer.v1.GetTokenizerRequest;
import dev.gyre.proto.tokenizer.v1.GetTokenizerResponse;
import dev.gyre.proto.tokenizer.v1.ImportSettings;
import dev.gyre.proto.tokenizer.v1.ImportTokenizerRequest;
import dev.gyre.proto.tokenizer.v1.ImportTokenizerResponse;
import dev.gyre.proto.tokenizer.v1.LanguageText;
import dev.gyre.proto.tokenizer.v1.Padding;
import dev.gyre.proto.tokenizer.v1.RenderChatRequest;
import dev.gyre.proto.tokenizer.v1.RenderChatResponse;
import dev.gyre.proto.tokenizer.v1.RenderFewShotRequest;
import dev.gyre.proto.tokenizer.v1.ReportFertilityRequest;
import dev.gyre.proto.tokenizer.v1.ReportFertilityResponse;
import dev.gyre.proto.tokenizer.v1.Side;
import dev.gyre.proto.tokenizer.v1.TokenIds;
import dev.gyre.proto.tokenizer.v1.TokenSpan;
import dev.gyre.proto.tokenizer.v1.TokenizerFormat;
import dev.gyre.proto.tokenizer.v1.TokenizerServiceGrpc.TokenizerServiceStub;
import dev.gyre.proto.tokenizer.v1.TruncateRequest;
import dev.gyre.proto.tokenizer.v1.TruncateResponse;
import dev.gyre.tokenizer.Tokenizer;
import dev.gyre.tokenizer.formats.TokenizerJson;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/// The calls of the contract beyond encoding, decoding and training, over the real port.
@QuarkusTest
@QuarkusTestResource(TestService.class)
class TokenizerCallsTest extends ServiceTest {
    private static final Tokenizer TINY = TestService.tokenizer(275);

    @Test
    void tellsWhereTokensStand() {
        String text = "the 🙂 cat";

        EncodeResponse encoded =
                stub().encode(
                                EncodeRequest.newBuilder()
                                        .setTokenizer("tiny")
                                        .setText(text)
                                        .setReturnTokens(true)
                                        .build());

        assertThat(encoded.getTokensCount()).isEqualTo(encoded.getTokenIdsCount());
        TokenSpan last = encoded.getTokens(encoded.getTokensCount() - 1);
        assertThat(last.getEndUtf16()).isEqualTo(text.length());
        assertThat(last.getEndCodePoint()).isEqualTo(9);
        assertThat(last.getEndByte()).isEqualTo(12);
        byte[] all = new byte[0];
        for (TokenSpan token : encoded.getTokensList()) {
            byte[] raw = token.getRaw().toByteArray();
            all = Arrays.copyOf(all, all.length + raw.length);
            System.arraycopy(raw, 0, all, all.length - raw.length, raw.length);
        }
        assertThat(new String(all, java.nio.charset.StandardCharsets.UTF_8)).isEqualTo(text);
    }

    @Test
    void cutsAndPadsBatches() {
        EncodeBatchResponse batch =
                stub().encodeBatch(
                                EncodeBatchRequest.newBuilder()
                                        .setTokenizer("tiny")
                                        .addTexts("the cat and the dog and the other cats")
                                        .addTexts("cat")
                                        .addTexts("")
                                        .setMaxTokens(4)
                                        .setTruncationSide(Side.SIDE_START)
                                        .setPadding(
                                                Padding.newBuilder()
                                                        .setPadTokenId(1)
                                                        .setMultipleOf(3)
                                                        .setSide(Side.SIDE_START))
                                        .build());

        assertThat(batch.getEncodedList()).allMatch(row -> row.getTokenIdsCount() == 6);
        assertThat(batch.getEncoded(0).getTruncated()).isTrue();
        assertThat(batch.getEncoded(0).getPaddedStart()).isEqualTo(2);
        assertThat(batch.getEncoded(2).getPaddedStart()).isEqualTo(6);
        int[] whole = TINY.encode("the cat and the dog and the other cats");
        assertThat(batch.getEncoded(0).getTokenIdsList().subList(2, 6))
                .containsExactlyElementsOf(
                        Arrays.stream(whole)
                                .boxed()
                                .toList()
                                .subList(whole.length - 4, whole.length));
        assertThatThrownBy(
                        () ->
                                stub().encodeBatch(
                                                EncodeBatchRequest.newBuilder()
                                                        .setTokenizer("tiny")
                                                        .addTexts("x")
                                                        .setPadding(
                                                                Padding.newBuilder()
                                                                        .setPadTokenId(999))
                                                        .build()))
                .hasMessageContaining("999");
    }

    @Test
    void decodesBatchesAndStreamsWithoutSplittingCharacters() throws Exception {
        int[] ids = TINY.encode("the 🙂🙂 cat");
        List<DecodeStreamRequest> messages = new ArrayList<>();
        messages.add(DecodeStreamRequest.newBuilder().setTokenizer("tiny").build());
        for (int id : ids) {
            messages.add(DecodeStreamRequest.newBuilder().addTokenIds(id).build());
        }

        List<DecodeStreamResponse> parts =
                stream(Role.RATER, TokenizerServiceStub::decodeStream, messages);

        assertThat(parts).noneMatch(part -> part.getText().contains("\uFFFD"));
        assertThat(String.join("", parts.stream().map(DecodeStreamResponse::getText).toList()))
                .isEqualTo("the 🙂🙂 cat");
        assertThat(
                        stub().decodeBatch(
                                        DecodeBatchRequest.newBuilder()
                                                .setTokenizer("tiny")
                                                .addBatch(
                                                        TokenIds.newBuilder()
                                                                .addAllTokenIds(
                                                                        Arrays.stream(ids)
                                                                                .boxed()
                                                                                .toList()))
                                                .addBatch(TokenIds.getDefaultInstance())
                                                .build())
                                .getTextsList())
                .containsExactly("the 🙂🙂 cat", "");
        assertThatThrownBy(() -> stream(Role.RATER, TokenizerServiceStub::decodeStream, List.of()))
                .hasMessageContaining("no message came");
    }

    @Test
    void countsAndTruncates() {
        String text = "the cat 🙂 and the dog";
        int tokens = TINY.encode(text).length;

        TruncateResponse fitted =
                stub().truncate(
                                TruncateRequest.newBuilder()
                                        .setTokenizer("tiny")
                                        .setText(text)
                                        .setMaxTokens(tokens - 2)
                                        .build());

        assertThat(
                        stub().count(
                                        CountRequest.newBuilder()
                                                .setTokenizer("tiny")
                                                .setText(text)
                                                .build())
                                .getTokens())
                .isEqualTo(tokens);
        assertThat(text).startsWith(fitted.getText());
        assertThat(fitted.getTruncated()).isTrue();
        assertThat(fitted.getTokenIdsCount()).isBetween(1, tokens - 2);
        assertThatThrownBy(
                        () ->
                                stub().truncate(
                                                TruncateRequest.newBuilder()
                                                        .setTokenizer("tiny")
                                                        .setMaxTokens(-4)
                                                        .build()))
                .hasMessageContaining("-4");
    }

    @Test
    void rendersPrompts() {
        RenderChatResponse chat =
                stub().renderChat(
                                RenderChatRequest.newBuilder()
                                        .setTokenizer("tiny")
                                        .addMessages(
                                                ChatTurn.newBuilder()
                                                        .setRole("user")
                                                        .setContent("cat"))
                                        .setAddGenerationPrompt(true)
                                        .build());

        assertThat(chat.getText())
                .isEqualTo("<|im_start|>user\ncat<|im_end|>\n<|im_start|>assistant\n");
        assertThat(chat.getTokenIds(0)).isZero();
        assertThat(
                        stub().renderFewShot(
                                        RenderFewShotRequest.newBuilder()
                                                .addExamples(
                                                        FewShotExample.newBuilder()
                                                                .setInput("hot")
                                                                .setOutput("cold"))
                                                .setInput("tall")
                                                .setOutputLabel("Opposite:")
                                                .build())
                                .getPrompt())
                .isEqualTo("Input: hot\nOpposite: cold\n\nInput: tall\nOpposite:");
        assertThat(
                        stub().renderFewShot(
                                        RenderFewShotRequest.newBuilder()
                                                .setTemplate("q-a")
                                                .setInput("tall?")
                                                .build())
                                .getPrompt())
                .isEqualTo("Q: tall?\nA:");
        assertThatThrownBy(
                        () ->
                                stub().renderFewShot(
                                                RenderFewShotRequest.newBuilder()
                                                        .setTemplate("other")
                                                        .build()))
                .hasMessageContaining("input-output");
        assertThatThrownBy(
                        () ->
                                stub().renderChat(
                                                RenderChatRequest.newBuilder()
                                                        .setTokenizer("tiny")
                                                        .build()))
                .hasMessageContaining("no messages");
    }

    @Test
    void explainsAndReports() throws Exception {
        var explained =
                stub().explain(
                                ExplainRequest.newBuilder()
                                        .setTokenizer("tiny")
                                        .setText("the cat")
                                        .build());
        ReportFertilityResponse report =
                stub().reportFertility(
                                ReportFertilityRequest.newBuilder()
                                        .addTokenizers("tiny@1")
                                        .addTokenizers("tiny@2")
                                        .addTexts(
                                                LanguageText.newBuilder()
                                                        .setLanguage("English")
                                                        .setText("the cat and the dog"))
                                        .setEmbeddingWidth(100)
                                        .build());

        assertThat(explained.getText()).contains("piece \"the\"").contains("rank 0");
        assertThat(new ObjectMapper().readTree(explained.getJson()).get("pieces")).hasSize(2);
        assertThat(report.getRowsList()).hasSize(2);
        assertThat(report.getRows(1).getWords()).isEqualTo(5);
        assertThat(report.getRows(1).getTiedParameters()).isEqualTo(27_500);
        assertThat(report.getMarkdown()).contains("tiny@2").contains("English");
        assertThatThrownBy(
                        () -> stub().reportFertility(ReportFertilityRequest.getDefaultInstance()))
                .hasMessageContaining("1 to 16");
        assertThatThrownBy(
                        () ->
                                stub().explain(
                                                ExplainRequest.newBuilder()
                                                        .setTokenizer("tiny")
                                                        .setText("x".repeat(65_537))
                                                        .build()))
                .hasMessageContaining("65536");
    }

    @Test
    void bringsTokenizersInAndOut() throws Exception {
        byte[] json = TokenizerJson.format(TestService.tokenizer(272));
        List<ImportTokenizerRequest> messages = new ArrayList<>();
        messages.add(
                ImportTokenizerRequest.newBuilder()
                        .setSettings(
                                ImportSettings.newBuilder()
                                        .setName("brought")
                                        .setFormat(TokenizerFormat.TOKENIZER_FORMAT_TOKENIZER_JSON))
                        .build());
        for (int from = 0; from < json.length; from += 1000) {
            int size = Math.min(1000, json.length - from);
            messages.add(
                    ImportTokenizerRequest.newBuilder()
                            .setContent(ByteString.copyFrom(json, from, size))
                            .build());
        }

        List<ImportTokenizerResponse> imported =
                stream(Role.OPERATOR, TokenizerServiceStub::importTokenizer, messages);
        GetTokenizerResponse shown =
                stub().getTokenizer(
                                GetTokenizerRequest.newBuilder().setTokenizer("brought").build());
        ByteString exported = ByteString.EMPTY;
        for (ExportTokenizerResponse part :
                (Iterable<ExportTokenizerResponse>)
                        () ->
                                stub().exportTokenizer(
                                                ExportTokenizerRequest.newBuilder()
                                                        .setTokenizer("brought")
                                                        .setFormat(
                                                                TokenizerFormat
                                                                        .TOKENIZER_FORMAT_TOKENIZER_JSON)
                                                        .build())) {
            assertThat(part.getFile()).isEqualTo("tokenizer.json");
            exported = exported.concat(part.getContent());
        }

        assertThat(imported.getFirst().getTokenizer().getVocabularySize()).isEqualTo(272);
        assertThat(shown.getAlgorithm()).isEqualTo("byte-level-bpe");
        assertThat(shown.getSpecialTokensList()).hasSize(2);
        assertThat(exported.toByteArray()).isEqualTo(json);
        assertThatThrownBy(
                        () -> stream(Role.RATER, TokenizerServiceStub::importTokenizer, messages))
                .hasMessageContaining("PERMISSION_DENIED");
        assertThatThrownBy(
                        () ->
                                stream(
                                        Role.OPERATOR,
                                        TokenizerServiceStub::importTokenizer,
                                        messages.subList(0, 2)))
                .hasMessageContaining("JSON");
        assertThatThrownBy(
                        () ->
                                stub().exportTokenizer(
                                                ExportTokenizerRequest.newBuilder()
                                                        .setTokenizer("brought")
                                                        .setFormat(
                                                                TokenizerFormat
                                                                        .TOKENIZER_FORMAT_SENTENCEPIECE)
                                                        .build())
                                        .next())
                .hasMessageContaining("write tokenizer.json");
        assertThatThrownBy(
                        () ->
                                stub().cancelTraining(
                                                CancelTrainingRequest.newBuilder()
                                                        .setId("nothing")
                                                        .build()))
                .hasMessageContaining("ListTrainings");
    }
}
