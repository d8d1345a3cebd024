package dev.gyre.tokenization;

import dev.gyre.access.FailureException;
import dev.gyre.proto.tokenizer.v1.CountRequest;
import dev.gyre.proto.tokenizer.v1.CountResponse;
import dev.gyre.proto.tokenizer.v1.DecodeBatchRequest;
import dev.gyre.proto.tokenizer.v1.DecodeBatchResponse;
import dev.gyre.proto.tokenizer.v1.DecodeRequest;
import dev.gyre.proto.tokenizer.v1.DecodeResponse;
import dev.gyre.proto.tokenizer.v1.DecodeStreamRequest;
import dev.gyre.proto.tokenizer.v1.DecodeStreamResponse;
import dev.gyre.proto.tokenizer.v1.EncodeBatchRequest;
import dev.gyre.proto.tokenizer.v1.EncodeBatchResponse;
import dev.gyre.proto.tokenizer.v1.EncodeRequest;
import dev.gyre.proto.tokenizer.v1.EncodeResponse;
import dev.gyre.proto.tokenizer.v1.EncodeStreamRequest;
import dev.gyre.proto.tokenizer.v1.EncodeStreamResponse;
import dev.gyre.proto.tokenizer.v1.EncodedText;
import dev.gyre.proto.tokenizer.v1.Padding;
import dev.gyre.proto.tokenizer.v1.Side;
import dev.gyre.proto.tokenizer.v1.TextRange;
import dev.gyre.proto.tokenizer.v1.TruncateRequest;
import dev.gyre.proto.tokenizer.v1.TruncateResponse;
import dev.gyre.tokenizer.EncodedBatch;
import dev.gyre.tokenizer.Encoding;
import dev.gyre.tokenizer.SpecialTokens;
import dev.gyre.tokenizer.StreamingDecoder;
import dev.gyre.tokenizer.StreamingEncoder;
import dev.gyre.tokenizer.TextFitting;
import dev.gyre.tokenizer.TokenCounter;
import dev.gyre.tokenizer.TokenRanges;
import io.grpc.stub.StreamObserver;
import jakarta.inject.Singleton;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// The calls that turn text into ids and ids into text.
@Singleton
public class EncodingCalls {
    private static final int MOST_TEXTS = 10_000;

    private final TokenizerStore tokenizers;
    private final Tokenization tokenization;

    EncodingCalls(TokenizerStore tokenizers, Tokenization tokenization) {
        this.tokenizers = tokenizers;
        this.tokenization = tokenization;
    }

    EncodeResponse encode(EncodeRequest request) {
        StoredTokenizer tokenizer = tokenizers.find(request.getTokenizer());
        SpecialTokens special =
                Messages.specialTokens(
                        tokenizer,
                        request.getAllowSpecialTokens(),
                        request.getAllowedSpecialTokensList());
        EncodeResponse.Builder response =
                EncodeResponse.newBuilder().setTokenizer(tokenizer.place().reference());
        int[] ids;
        if (request.getReturnTokens()) {
            Encoding encoding =
                    tokenization.encodeWithOffsets(tokenizer, request.getText(), special, "text");
            response.addAllTokens(Messages.spans(tokenizer.tokenizer(), encoding));
            ids = encoding.ids();
            if (request.getAddSpecialTokens()) {
                ids = tokenizer.tokenizer().frame(ids);
            }
        } else {
            ids =
                    tokenization.encode(
                            tokenizer,
                            request.getText(),
                            special,
                            request.getAddSpecialTokens(),
                            "text");
        }
        return response.addAllTokenIds(Messages.boxed(ids)).build();
    }

    EncodeBatchResponse encodeBatch(EncodeBatchRequest request) {
        StoredTokenizer tokenizer = tokenizers.find(request.getTokenizer());
        checkCount("texts", request.getTextsCount());
        SpecialTokens special =
                Messages.specialTokens(
                        tokenizer,
                        request.getOptions().getAllowSpecialTokens(),
                        request.getOptions().getAllowedSpecialTokensList());
        EncodedBatch batch =
                tokenization.work(
                        String.join("", request.getTextsList()),
                        "texts",
                        () ->
                                request.getUseFileSettings()
                                        ? encodeAsFileSays(tokenizer, request, special)
                                        : encodeAsAsked(tokenizer, request, special));
        EncodeBatchResponse.Builder response =
                EncodeBatchResponse.newBuilder().setTokenizer(tokenizer.place().reference());
        for (EncodedBatch.Row row : batch.rows()) {
            response.addEncoded(
                    EncodedText.newBuilder()
                            .addAllTokenIds(Messages.boxed(row.ids()))
                            .setPaddedStart(row.paddedStart())
                            .setPaddedEnd(row.paddedEnd())
                            .setTruncated(row.truncated()));
        }
        return response.build();
    }

    private static EncodedBatch encodeAsFileSays(
            StoredTokenizer tokenizer, EncodeBatchRequest request, SpecialTokens special) {
        if (request.getMaxTokens() != 0
                || request.getTruncationSide() != Side.SIDE_UNSPECIFIED
                || request.hasPadding()
                || request.getOptions().getAddSpecialTokens()) {
            throw FailureException.invalid(
                    "use_file_settings",
                    "max_tokens, truncation_side, padding and add_special_tokens are the file's with use_file_settings; leave them out");
        }
        return EncodedBatch.encode(tokenizer.tokenizer(), request.getTextsList(), special);
    }

    private static EncodedBatch encodeAsAsked(
            StoredTokenizer tokenizer, EncodeBatchRequest request, SpecialTokens special) {
        EncodedBatch batch =
                EncodedBatch.encode(
                        tokenizer.tokenizer(),
                        request.getTextsList(),
                        special,
                        request.getOptions().getAddSpecialTokens(),
                        request.getMaxTokens(),
                        Messages.atStart(request.getTruncationSide(), "truncation_side"));
        return request.hasPadding() ? pad(tokenizer, batch, request.getPadding()) : batch;
    }

    private static EncodedBatch pad(
            StoredTokenizer tokenizer, EncodedBatch batch, Padding padding) {
        if (padding.getPadTokenId() < 0
                || padding.getPadTokenId() >= tokenizer.tokenizer().vocabularySize()) {
            throw FailureException.invalid(
                    "padding.pad_token_id",
                    "pad_token_id %d is not in the vocabulary, whose ids go from 0 to %d"
                            .formatted(
                                    padding.getPadTokenId(),
                                    tokenizer.tokenizer().vocabularySize() - 1));
        }
        return batch.padded(
                padding.getPadTokenId(),
                padding.getLength(),
                padding.getMultipleOf(),
                Messages.atStart(padding.getSide(), "padding.side"));
    }

    private static void checkCount(String field, int count) {
        if (count > MOST_TEXTS) {
            throw FailureException.invalid(
                    field,
                    "%s has %d entries, the limit is %d; send them in parts"
                            .formatted(field, count, MOST_TEXTS));
        }
    }

    StreamObserver<EncodeStreamRequest> encodeStream(StreamObserver<EncodeStreamResponse> answer) {
        return new EncodeCall(answer);
    }

    /// One call of `EncodeStream`.
    private final class EncodeCall
            extends Streams.Incoming<EncodeStreamRequest, EncodeStreamResponse> {
        private @Nullable StreamingEncoder encoder;
        private String reference = "";

        EncodeCall(StreamObserver<EncodeStreamResponse> answer) {
            super(answer);
        }

        @Override
        void take(EncodeStreamRequest message) {
            if (encoder == null) {
                StoredTokenizer tokenizer = tokenizers.find(message.getTokenizer());
                reference = tokenizer.place().reference();
                encoder =
                        new StreamingEncoder(
                                tokenizer.tokenizer(),
                                Messages.specialTokens(
                                        tokenizer,
                                        message.getAllowSpecialTokens(),
                                        message.getAllowedSpecialTokensList()));
            }
            StreamingEncoder open = encoder;
            send(encoded(message.getText(), () -> open.add(message.getText())));
        }

        private int[] encoded(String text, Supplier<int[]> work) {
            try {
                return tokenization.work(text, "text", work);
            } catch (IllegalArgumentException refused) {
                throw FailureException.invalid("text", String.valueOf(refused.getMessage()));
            }
        }

        private void send(int[] ids) {
            answer.onNext(
                    EncodeStreamResponse.newBuilder()
                            .addAllTokenIds(Messages.boxed(ids))
                            .setTokenizer(reference)
                            .build());
        }

        @Override
        void end() {
            if (encoder == null) {
                throw FailureException.invalid(
                        "tokenizer", "no message came; the first must name the tokenizer");
            }
            send(encoded("", encoder::finish));
            answer.onCompleted();
        }
    }

    DecodeResponse decode(DecodeRequest request) {
        StoredTokenizer tokenizer = tokenizers.find(request.getTokenizer());
        String text =
                tokenization.decode(
                        tokenizer,
                        Messages.ids(request.getTokenIdsList()),
                        request.getSkipSpecialTokens(),
                        "token_ids");
        return DecodeResponse.newBuilder()
                .setText(text)
                .setTokenizer(tokenizer.place().reference())
                .build();
    }

    DecodeBatchResponse decodeBatch(DecodeBatchRequest request) {
        StoredTokenizer tokenizer = tokenizers.find(request.getTokenizer());
        checkCount("batch", request.getBatchCount());
        long ids = request.getBatchList().stream().mapToLong(list -> list.getTokenIdsCount()).sum();
        if (ids > Tokenization.MAX_IDS) {
            throw FailureException.invalid(
                    "batch",
                    "the batch has %d ids, the limit is %d; send it in parts"
                            .formatted(ids, Tokenization.MAX_IDS));
        }
        List<String> texts = new ArrayList<>();
        for (int i = 0; i < request.getBatchCount(); i++) {
            texts.add(
                    tokenization.decode(
                            tokenizer,
                            Messages.ids(request.getBatch(i).getTokenIdsList()),
                            request.getSkipSpecialTokens(),
                            "batch[%d]".formatted(i)));
        }
        return DecodeBatchResponse.newBuilder()
                .addAllTexts(texts)
                .setTokenizer(tokenizer.place().reference())
                .build();
    }

    StreamObserver<DecodeStreamRequest> decodeStream(StreamObserver<DecodeStreamResponse> answer) {
        return new DecodeCall(answer);
    }

    /// One call of `DecodeStream`.
    private final class DecodeCall
            extends Streams.Incoming<DecodeStreamRequest, DecodeStreamResponse> {
        private @Nullable StreamingDecoder decoder;
        private String reference = "";

        DecodeCall(StreamObserver<DecodeStreamResponse> answer) {
            super(answer);
        }

        @Override
        void take(DecodeStreamRequest message) {
            if (decoder == null) {
                StoredTokenizer tokenizer = tokenizers.find(message.getTokenizer());
                reference = tokenizer.place().reference();
                decoder =
                        new StreamingDecoder(tokenizer.tokenizer(), message.getSkipSpecialTokens());
            }
            StringBuilder text = new StringBuilder();
            for (int id : message.getTokenIdsList()) {
                try {
                    text.append(decoder.add(id));
                } catch (IllegalArgumentException unknown) {
                    throw FailureException.invalid(
                            "token_ids", String.valueOf(unknown.getMessage()));
                }
            }
            send(text.toString());
        }

        private void send(String text) {
            answer.onNext(
                    DecodeStreamResponse.newBuilder()
                            .setText(text)
                            .setTokenizer(reference)
                            .build());
        }

        @Override
        void end() {
            if (decoder == null) {
                throw FailureException.invalid(
                        "tokenizer", "no message came; the first must name the tokenizer");
            }
            String rest = decoder.finish();
            if (!rest.isEmpty()) {
                send(rest);
            }
            answer.onCompleted();
        }
    }

    CountResponse count(CountRequest request) {
        StoredTokenizer tokenizer = tokenizers.find(request.getTokenizer());
        checkCount("ranges", request.getRangesCount());
        TokenCounter counter = new TokenCounter(tokenizer.tokenizer());
        String text = request.getText();
        return tokenization.work(
                text,
                "text",
                () -> {
                    CountResponse.Builder response =
                            CountResponse.newBuilder()
                                    .setTokens(counter.count(text))
                                    .setTokenizer(tokenizer.place().reference());
                    if (request.getRangesCount() > 0) {
                        count(counter.ranges(text), text, request.getRangesList(), response);
                    }
                    return response.build();
                });
    }

    private static void count(
            TokenRanges tokens,
            String text,
            List<TextRange> ranges,
            CountResponse.Builder response) {
        CodePoints points = new CodePoints(text);
        for (int i = 0; i < ranges.size(); i++) {
            TextRange range = ranges.get(i);
            if (range.getStart() < 0
                    || range.getStart() > range.getEnd()
                    || range.getEnd() > points.count()) {
                throw FailureException.invalid(
                        "ranges[%d]".formatted(i),
                        "the stretch from %d to %d is not in the text, which has %d code points"
                                .formatted(range.getStart(), range.getEnd(), points.count()));
            }
            response.addRangeTokens(
                    tokens.count(points.utf16(range.getStart()), points.utf16(range.getEnd())));
        }
    }

    TruncateResponse truncate(TruncateRequest request) {
        StoredTokenizer tokenizer = tokenizers.find(request.getTokenizer());
        if (request.getMaxTokens() < 0) {
            throw FailureException.invalid(
                    "max_tokens",
                    "max_tokens is %d; 0 or more are possible".formatted(request.getMaxTokens()));
        }
        boolean cutsStart = Messages.atStart(request.getSide(), "side");
        TextFitting.Fitted fitted =
                tokenization.work(
                        request.getText(),
                        "text",
                        () ->
                                TextFitting.fit(
                                        tokenizer.tokenizer(),
                                        request.getText(),
                                        request.getMaxTokens(),
                                        cutsStart));
        return TruncateResponse.newBuilder()
                .setText(fitted.text())
                .addAllTokenIds(Messages.boxed(fitted.ids()))
                .setTruncated(fitted.truncated())
                .setTokenizer(tokenizer.place().reference())
                .build();
    }
}
