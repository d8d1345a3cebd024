package dev.gyre.tokenization;

import dev.gyre.access.AccessInterceptor;
import dev.gyre.access.Identity;
import dev.gyre.access.Role;
import dev.gyre.proto.tokenizer.v1.DecodeRequest;
import dev.gyre.proto.tokenizer.v1.DecodeResponse;
import dev.gyre.proto.tokenizer.v1.EncodeRequest;
import dev.gyre.proto.tokenizer.v1.EncodeResponse;
import dev.gyre.proto.tokenizer.v1.ListTokenizersRequest;
import dev.gyre.proto.tokenizer.v1.ListTokenizersResponse;
import dev.gyre.proto.tokenizer.v1.Tokenizer;
import dev.gyre.proto.tokenizer.v1.TokenizerServiceGrpc;
import dev.gyre.proto.tokenizer.v1.TrainRequest;
import dev.gyre.proto.tokenizer.v1.TrainResponse;
import dev.gyre.proto.tokenizer.v1.TrainSettings;
import dev.gyre.tokenization.Trainings.Trained;
import dev.gyre.tokenization.Trainings.Training;
import dev.gyre.tokenizer.SpecialTokens;
import dev.gyre.tokenizer.training.BpeTrainer;
import io.grpc.stub.StreamObserver;
import io.quarkus.grpc.GrpcService;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// The gRPC door: `gyre.tokenizer.v1.TokenizerService`.
@GrpcService
public class TokenizerEndpoint extends TokenizerServiceGrpc.TokenizerServiceImplBase {
    private final TokenizerStore tokenizers;
    private final Tokenization tokenization;
    private final Trainings trainings;

    TokenizerEndpoint(TokenizerStore tokenizers, Tokenization tokenization, Trainings trainings) {
        this.tokenizers = tokenizers;
        this.tokenization = tokenization;
        this.trainings = trainings;
    }

    @Override
    public void listTokenizers(
            ListTokenizersRequest request, StreamObserver<ListTokenizersResponse> answer) {
        answer(
                answer,
                () -> {
                    ListTokenizersResponse.Builder response = ListTokenizersResponse.newBuilder();
                    tokenizers.list().forEach(place -> response.addTokenizers(message(place)));
                    return response.build();
                });
    }

    private Tokenizer message(StoredTokenizer.Place place) {
        return Tokenizer.newBuilder()
                .setName(place.name())
                .setVersion(place.version())
                .setVocabularySize(tokenizers.vocabularySize(place))
                .setSha256(place.sha256())
                .build();
    }

    @Override
    public void encode(EncodeRequest request, StreamObserver<EncodeResponse> answer) {
        answer(
                answer,
                () -> {
                    StoredTokenizer tokenizer = tokenizers.find(request.getTokenizer());
                    SpecialTokens special =
                            request.getAllowSpecialTokens()
                                    ? SpecialTokens.AS_CONTROL
                                    : SpecialTokens.AS_TEXT;
                    int[] ids =
                            tokenization.encode(
                                    tokenizer, request.getText(), special, false, "text");
                    EncodeResponse.Builder response =
                            EncodeResponse.newBuilder().setTokenizer(tokenizer.place().reference());
                    for (int id : ids) {
                        response.addTokenIds(id);
                    }
                    return response.build();
                });
    }

    @Override
    public void decode(DecodeRequest request, StreamObserver<DecodeResponse> answer) {
        answer(
                answer,
                () -> {
                    StoredTokenizer tokenizer = tokenizers.find(request.getTokenizer());
                    int[] ids = new int[request.getTokenIdsCount()];
                    for (int i = 0; i < ids.length; i++) {
                        ids[i] = request.getTokenIds(i);
                    }
                    String text =
                            tokenization.decode(
                                    tokenizer, ids, request.getSkipSpecialTokens(), "token_ids");
                    return DecodeResponse.newBuilder()
                            .setText(text)
                            .setTokenizer(tokenizer.place().reference())
                            .build();
                });
    }

    @Override
    public StreamObserver<TrainRequest> train(StreamObserver<TrainResponse> answer) {
        return new TrainingCall(AccessInterceptor.identity(), answer);
    }

    /// One call of `Train`: the first message opens the training, the end of the messages learns.
    private final class TrainingCall implements StreamObserver<TrainRequest> {
        private final Identity caller;
        private final StreamObserver<TrainResponse> answer;
        private @Nullable Training training;
        private boolean refused;

        TrainingCall(Identity caller, StreamObserver<TrainResponse> answer) {
            this.caller = caller;
            this.answer = answer;
        }

        @Override
        public void onNext(TrainRequest request) {
            orRefuse(
                    () -> {
                        if (training == null) {
                            caller.checkRole(Role.OPERATOR, Role.SERVICE);
                            training = trainings.open(settings(request), name(request));
                        }
                        training.add(request.getText());
                    });
        }

        @Override
        public void onCompleted() {
            orRefuse(
                    () -> {
                        if (training == null) {
                            throw new IllegalArgumentException(
                                    "no message came; the first must carry settings");
                        }
                        Trained trained = training.finish(caller.subject());
                        answer.onNext(
                                TrainResponse.newBuilder()
                                        .setTokenizer(message(trained.place()))
                                        .setTextBytes(trained.textBytes())
                                        .setMerges(trained.merges())
                                        .build());
                        answer.onCompleted();
                    });
        }

        @Override
        public void onError(Throwable cancelled) {
            close();
        }

        private void orRefuse(Runnable step) {
            if (refused) {
                return;
            }
            try {
                step.run();
            } catch (RuntimeException failure) {
                refused = true;
                close();
                answer.onError(failure);
            }
        }

        private void close() {
            if (training != null) {
                training.close();
            }
        }
    }

    private static String name(TrainRequest request) {
        return request.getSettings().getName();
    }

    private static BpeTrainer.Settings settings(TrainRequest request) {
        if (!request.hasSettings()) {
            throw new IllegalArgumentException("settings are missing in the first message");
        }
        TrainSettings settings = request.getSettings();
        return new BpeTrainer.Settings(
                settings.getVocabularySize(), List.copyOf(settings.getSpecialTokensList()));
    }

    private static <T> void answer(StreamObserver<T> observer, Supplier<T> work) {
        T response;
        try {
            response = work.get();
        } catch (RuntimeException failure) {
            observer.onError(failure);
            return;
        }
        observer.onNext(response);
        observer.onCompleted();
    }
}
