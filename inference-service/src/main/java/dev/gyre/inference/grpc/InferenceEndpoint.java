package dev.gyre.inference.grpc;

import dev.gyre.access.AccessInterceptor;
import dev.gyre.access.Identity;
import dev.gyre.inference.completions.Answer;
import dev.gyre.inference.completions.Completion;
import dev.gyre.inference.completions.CompletionRequest;
import dev.gyre.inference.completions.Completions;
import dev.gyre.inference.generate.Part;
import dev.gyre.inference.models.Models;
import dev.gyre.proto.inference.v1.GenerateRequest;
import dev.gyre.proto.inference.v1.GenerateResponse;
import dev.gyre.proto.inference.v1.InferenceServiceGrpc;
import dev.gyre.proto.inference.v1.ListModelsRequest;
import dev.gyre.proto.inference.v1.ListModelsResponse;
import dev.gyre.proto.inference.v1.StreamGenerateRequest;
import dev.gyre.proto.inference.v1.StreamGenerateResponse;
import io.grpc.Context;
import io.grpc.stub.StreamObserver;
import io.quarkus.grpc.GrpcService;

/// The gRPC door: `gyre.inference.v1.InferenceService`.
@GrpcService
public class InferenceEndpoint extends InferenceServiceGrpc.InferenceServiceImplBase {
    private final Models models;
    private final Completions completions;

    InferenceEndpoint(Models models, Completions completions) {
        this.models = models;
        this.completions = completions;
    }

    @Override
    public void listModels(ListModelsRequest request, StreamObserver<ListModelsResponse> observer) {
        try {
            Identity caller = AccessInterceptor.identity();
            ListModelsResponse.Builder response = ListModelsResponse.newBuilder();
            models.served(caller.project(""))
                    .forEach(line -> response.addModels(Messages.model(line)));
            observer.onNext(response.build());
            observer.onCompleted();
        } catch (RuntimeException e) {
            observer.onError(e);
        }
    }

    @Override
    public void generate(GenerateRequest request, StreamObserver<GenerateResponse> observer) {
        try {
            Completion completion = start(request);
            Answer answer = completion.await();
            observer.onNext(Messages.response(completion, answer));
            observer.onCompleted();
        } catch (RuntimeException e) {
            observer.onError(e);
        }
    }

    @Override
    public void streamGenerate(
            StreamGenerateRequest request, StreamObserver<StreamGenerateResponse> observer) {
        try {
            Completion completion = start(request.getRequest());
            observer.onNext(Messages.firstPart(completion));
            completion.forEach(part -> send(completion, part, observer));
            observer.onCompleted();
        } catch (RuntimeException e) {
            observer.onError(e);
        }
    }

    private Completion start(GenerateRequest message) {
        Identity caller = AccessInterceptor.identity();
        CompletionRequest request = Messages.request(message);
        Completion completion = completions.start(caller, caller.project(""), request);
        // a cancelled call or a passed deadline ends the answer before the next step
        Context.current().addListener(_ -> completion.cancel(), Runnable::run);
        return completion;
    }

    private static void send(
            Completion completion, Part part, StreamObserver<StreamGenerateResponse> observer) {
        if (!Context.current().isCancelled()) {
            observer.onNext(Messages.part(completion, part));
        }
    }
}
