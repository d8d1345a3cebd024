package dev.gyre.tokenization.corpus;

import dev.gyre.access.AccessInterceptor;
import dev.gyre.access.FailureException;
import dev.gyre.access.Identity;
import dev.gyre.access.Role;
import dev.gyre.artifacts.shards.CorpusManifest;
import dev.gyre.proto.corpus.v1.AddDocumentsRequest;
import dev.gyre.proto.corpus.v1.AddDocumentsResponse;
import dev.gyre.proto.corpus.v1.Corpus;
import dev.gyre.proto.corpus.v1.CorpusServiceGrpc;
import dev.gyre.proto.corpus.v1.GetReportRequest;
import dev.gyre.proto.corpus.v1.GetReportResponse;
import dev.gyre.proto.corpus.v1.ListCorporaRequest;
import dev.gyre.proto.corpus.v1.ListCorporaResponse;
import dev.gyre.proto.corpus.v1.PlaceSample;
import dev.gyre.proto.corpus.v1.RedactionReport;
import dev.gyre.proto.corpus.v1.RemovalSample;
import dev.gyre.proto.corpus.v1.RuleReport;
import dev.gyre.proto.corpus.v1.SealCorpusRequest;
import dev.gyre.proto.corpus.v1.SealCorpusResponse;
import dev.gyre.proto.corpus.v1.SealProgress;
import dev.gyre.tokenization.corpus.Corpora.Sealed;
import io.grpc.Context;
import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import io.quarkus.grpc.GrpcService;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The gRPC door: `gyre.corpus.v1.CorpusService`.
@GrpcService
public class CorpusEndpoint extends CorpusServiceGrpc.CorpusServiceImplBase {
    private static final long PROGRESS_NANOS = 200_000_000;

    private final CorpusLifecycle corpora;

    CorpusEndpoint(CorpusLifecycle corpora) {
        this.corpora = corpora;
    }

    @Override
    public StreamObserver<AddDocumentsRequest> addDocuments(
            StreamObserver<AddDocumentsResponse> answer) {
        Identity caller = AccessInterceptor.identity();
        return new StreamObserver<>() {
            private long acknowledged;
            private boolean refused;

            @Override
            public void onNext(AddDocumentsRequest request) {
                if (refused) {
                    return;
                }
                try {
                    caller.checkRole(Role.OPERATOR, Role.SERVICE);
                    List<Document> documents = documents(name(caller, request), request);
                    corpora.service().add(documents, caller.subject());
                    acknowledged += documents.size();
                    answer.onNext(
                            AddDocumentsResponse.newBuilder()
                                    .setAcknowledged(acknowledged)
                                    .build());
                } catch (IOException | RuntimeException failure) {
                    refused = true;
                    answer.onError(failure);
                }
            }

            @Override
            public void onCompleted() {
                if (!refused) {
                    answer.onCompleted();
                }
            }

            @Override
            public void onError(Throwable cancelled) {
                // what was acknowledged stays
            }
        };
    }

    private static CorpusName name(Identity caller, AddDocumentsRequest request) {
        return new CorpusName(caller.project(request.getProject()), request.getCorpus());
    }

    private static List<Document> documents(CorpusName corpus, AddDocumentsRequest request) {
        return request.getDocumentsList().stream()
                .map(document -> new Document(corpus, document.getId(), document.getText()))
                .toList();
    }

    @Override
    public void sealCorpus(SealCorpusRequest request, StreamObserver<SealCorpusResponse> answer) {
        answer(
                answer,
                () -> {
                    Identity caller = AccessInterceptor.identity();
                    caller.checkRole(Role.OPERATOR);
                    Corpora.Wish wish =
                            new Corpora.Wish(
                                    new CorpusName(
                                            caller.project(request.getProject()),
                                            request.getCorpus()),
                                    request.getTokenizer(),
                                    request.getSeparator(),
                                    request.getShardTokens());
                    Sealed sealed =
                            corpora.service().seal(wish, caller.subject(), progress(answer));
                    return SealCorpusResponse.newBuilder()
                            .setVersion(CorpusService.message(sealed))
                            .build();
                });
    }

    /// Tells the caller now and then, and ends the work of one who is gone.
    private static Corpora.Progress progress(StreamObserver<SealCorpusResponse> answer) {
        return new Corpora.Progress() {
            private final Context call = Context.current();
            private long last = System.nanoTime() - PROGRESS_NANOS;

            @Override
            public void at(String phase, long done, long total) {
                if (call.isCancelled()) {
                    throw Status.CANCELLED
                            .withDescription("the caller is gone")
                            .asRuntimeException();
                }
                if (System.nanoTime() - last >= PROGRESS_NANOS) {
                    last = System.nanoTime();
                    answer.onNext(
                            SealCorpusResponse.newBuilder()
                                    .setProgress(
                                            SealProgress.newBuilder()
                                                    .setPhase(phase)
                                                    .setDone(done)
                                                    .setTotal(total))
                                    .build());
                }
            }
        };
    }

    @Override
    public void listCorpora(
            ListCorporaRequest request, StreamObserver<ListCorporaResponse> answer) {
        answer(
                answer,
                () -> {
                    String project = AccessInterceptor.identity().project(request.getProject());
                    CorpusStore store = corpora.service().store();
                    ListCorporaResponse.Builder response = ListCorporaResponse.newBuilder();
                    for (String name : store.corpora(project)) {
                        CorpusName corpus = new CorpusName(project, name);
                        Corpus.Builder entry =
                                Corpus.newBuilder()
                                        .setProject(project)
                                        .setName(name)
                                        .addAllVersions(store.versions(corpus));
                        @Nullable CorpusManifest latest = store.latest(corpus);
                        if (latest != null) {
                            entry.setLatest(CorpusService.message(Sealed.of(latest)));
                        }
                        response.addCorpora(entry);
                    }
                    return response.build();
                });
    }

    @Override
    public void getReport(GetReportRequest request, StreamObserver<GetReportResponse> answer) {
        answer(
                answer,
                () -> {
                    Identity caller = AccessInterceptor.identity();
                    caller.checkRole(Role.OPERATOR, Role.SERVICE);
                    CorpusName corpus =
                            new CorpusName(
                                    caller.project(request.getProject()), request.getCorpus());
                    CorpusStore store = corpora.service().store();
                    @Nullable CorpusManifest manifest =
                            request.getVersion().isEmpty()
                                    ? store.latest(corpus)
                                    : store.manifest(corpus, request.getVersion());
                    if (manifest == null) {
                        throw FailureException.notFound(
                                "no version of corpus %s is sealed; 'gyre corpus seal' makes one"
                                        .formatted(corpus));
                    }
                    return message(
                            manifest,
                            Report.fromJson(
                                    store.file(corpus, manifest.version(), Report.FILE_NAME)));
                });
    }

    private static GetReportResponse message(CorpusManifest manifest, Report report) {
        GetReportResponse.Builder response =
                GetReportResponse.newBuilder()
                        .setVersion(CorpusService.message(Sealed.of(manifest)))
                        .setBytes(manifest.bytes())
                        .setKeptBytes(manifest.keptBytes());
        report.removals()
                .forEach(
                        (rule, removals) -> {
                            RuleReport.Builder entry =
                                    RuleReport.newBuilder()
                                            .setRule(rule)
                                            .setDocuments(removals.documents());
                            for (Report.Removal sample : removals.samples()) {
                                entry.addSamples(
                                        RemovalSample.newBuilder()
                                                .setDocumentId(sample.documentId())
                                                .setMeasured(sample.measured())
                                                .setExcerpt(sample.excerpt()));
                            }
                            response.addRules(entry);
                        });
        report.redactions()
                .forEach(
                        (kind, redactions) -> {
                            RedactionReport.Builder entry =
                                    RedactionReport.newBuilder()
                                            .setKind(kind)
                                            .setRedactions(redactions.redactions());
                            for (Report.Place sample : redactions.samples()) {
                                entry.addSamples(
                                        PlaceSample.newBuilder()
                                                .setDocumentId(sample.documentId())
                                                .setContext(sample.context()));
                            }
                            response.addRedactions(entry);
                        });
        return response.build();
    }

    private interface Work<T> {
        T run() throws IOException, InterruptedException;
    }

    private static <T> void answer(StreamObserver<T> observer, Work<T> work) {
        T response;
        try {
            response = work.run();
        } catch (IOException failure) {
            observer.onError(new UncheckedIOException("cannot reach a file", failure));
            return;
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            observer.onError(FailureException.unavailable("the service is stopping; try again"));
            return;
        } catch (RuntimeException failure) {
            observer.onError(failure);
            return;
        }
        observer.onNext(response);
        observer.onCompleted();
    }
}
