package dev.gyre.tokenization;

import dev.gyre.access.AccessInterceptor;
import dev.gyre.access.Identity;
import dev.gyre.proto.tokenizer.v1.CancelTrainingRequest;
import dev.gyre.proto.tokenizer.v1.CancelTrainingResponse;
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
import dev.gyre.proto.tokenizer.v1.ExplainRequest;
import dev.gyre.proto.tokenizer.v1.ExplainResponse;
import dev.gyre.proto.tokenizer.v1.ExportTokenizerRequest;
import dev.gyre.proto.tokenizer.v1.ExportTokenizerResponse;
import dev.gyre.proto.tokenizer.v1.GetTokenizerRequest;
import dev.gyre.proto.tokenizer.v1.GetTokenizerResponse;
import dev.gyre.proto.tokenizer.v1.ImportTokenizerRequest;
import dev.gyre.proto.tokenizer.v1.ImportTokenizerResponse;
import dev.gyre.proto.tokenizer.v1.ListTokenizersRequest;
import dev.gyre.proto.tokenizer.v1.ListTokenizersResponse;
import dev.gyre.proto.tokenizer.v1.ListTrainingsRequest;
import dev.gyre.proto.tokenizer.v1.ListTrainingsResponse;
import dev.gyre.proto.tokenizer.v1.RenderChatRequest;
import dev.gyre.proto.tokenizer.v1.RenderChatResponse;
import dev.gyre.proto.tokenizer.v1.RenderFewShotRequest;
import dev.gyre.proto.tokenizer.v1.RenderFewShotResponse;
import dev.gyre.proto.tokenizer.v1.ReportFertilityRequest;
import dev.gyre.proto.tokenizer.v1.ReportFertilityResponse;
import dev.gyre.proto.tokenizer.v1.TokenizerServiceGrpc;
import dev.gyre.proto.tokenizer.v1.TrainRequest;
import dev.gyre.proto.tokenizer.v1.TrainResponse;
import dev.gyre.proto.tokenizer.v1.TruncateRequest;
import dev.gyre.proto.tokenizer.v1.TruncateResponse;
import dev.gyre.proto.tokenizer.v1.WatchTrainingRequest;
import dev.gyre.proto.tokenizer.v1.WatchTrainingResponse;
import io.grpc.stub.StreamObserver;
import io.quarkus.grpc.GrpcService;

/// The gRPC door: `gyre.tokenizer.v1.TokenizerService`. What each call does stands in the classes
/// named `…Calls`.
@GrpcService
public class TokenizerEndpoint extends TokenizerServiceGrpc.TokenizerServiceImplBase {
    private final RegistryCalls registry;
    private final EncodingCalls encoding;
    private final ReportCalls reports;
    private final TrainingCalls training;

    TokenizerEndpoint(
            RegistryCalls registry,
            EncodingCalls encoding,
            ReportCalls reports,
            TrainingCalls training) {
        this.registry = registry;
        this.encoding = encoding;
        this.reports = reports;
        this.training = training;
    }

    @Override
    public void listTokenizers(
            ListTokenizersRequest request, StreamObserver<ListTokenizersResponse> answer) {
        Streams.answer(answer, () -> registry.list());
    }

    @Override
    public void getTokenizer(
            GetTokenizerRequest request, StreamObserver<GetTokenizerResponse> answer) {
        Streams.answer(answer, () -> registry.get(request));
    }

    @Override
    public void encode(EncodeRequest request, StreamObserver<EncodeResponse> answer) {
        Streams.answer(answer, () -> encoding.encode(request));
    }

    @Override
    public void encodeBatch(
            EncodeBatchRequest request, StreamObserver<EncodeBatchResponse> answer) {
        Streams.answer(answer, () -> encoding.encodeBatch(request));
    }

    @Override
    public void decode(DecodeRequest request, StreamObserver<DecodeResponse> answer) {
        Streams.answer(answer, () -> encoding.decode(request));
    }

    @Override
    public void decodeBatch(
            DecodeBatchRequest request, StreamObserver<DecodeBatchResponse> answer) {
        Streams.answer(answer, () -> encoding.decodeBatch(request));
    }

    @Override
    public void count(CountRequest request, StreamObserver<CountResponse> answer) {
        Streams.answer(answer, () -> encoding.count(request));
    }

    @Override
    public void truncate(TruncateRequest request, StreamObserver<TruncateResponse> answer) {
        Streams.answer(answer, () -> encoding.truncate(request));
    }

    @Override
    public void renderChat(RenderChatRequest request, StreamObserver<RenderChatResponse> answer) {
        Streams.answer(answer, () -> reports.renderChat(request));
    }

    @Override
    public void renderFewShot(
            RenderFewShotRequest request, StreamObserver<RenderFewShotResponse> answer) {
        Streams.answer(answer, () -> reports.renderFewShot(request));
    }

    @Override
    public void explain(ExplainRequest request, StreamObserver<ExplainResponse> answer) {
        Streams.answer(answer, () -> reports.explain(request));
    }

    @Override
    public void reportFertility(
            ReportFertilityRequest request, StreamObserver<ReportFertilityResponse> answer) {
        Streams.answer(answer, () -> reports.reportFertility(request));
    }

    @Override
    public void listTrainings(
            ListTrainingsRequest request, StreamObserver<ListTrainingsResponse> answer) {
        Streams.answer(answer, () -> training.list());
    }

    @Override
    public StreamObserver<ImportTokenizerRequest> importTokenizer(
            StreamObserver<ImportTokenizerResponse> answer) {
        return registry.importTokenizer(AccessInterceptor.identity(), answer);
    }

    @Override
    public void exportTokenizer(
            ExportTokenizerRequest request, StreamObserver<ExportTokenizerResponse> answer) {
        registry.export(request, answer);
    }

    @Override
    public StreamObserver<EncodeStreamRequest> encodeStream(
            StreamObserver<EncodeStreamResponse> answer) {
        return encoding.encodeStream(answer);
    }

    @Override
    public StreamObserver<DecodeStreamRequest> decodeStream(
            StreamObserver<DecodeStreamResponse> answer) {
        return encoding.decodeStream(answer);
    }

    @Override
    public StreamObserver<TrainRequest> train(StreamObserver<TrainResponse> answer) {
        return training.train(AccessInterceptor.identity(), answer);
    }

    @Override
    public void watchTraining(
            WatchTrainingRequest request, StreamObserver<WatchTrainingResponse> answer) {
        training.watch(request, answer);
    }

    @Override
    public void cancelTraining(
            CancelTrainingRequest request, StreamObserver<CancelTrainingResponse> answer) {
        Identity caller = AccessInterceptor.identity();
        Streams.answer(answer, () -> training.cancel(caller, request));
    }
}
