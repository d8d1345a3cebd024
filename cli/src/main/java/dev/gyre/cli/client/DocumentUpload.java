package dev.gyre.cli.client;

import dev.gyre.cli.terminal.Progress;
import dev.gyre.cli.terminal.Words;
import dev.gyre.proto.corpus.v1.AddDocumentsRequest;
import dev.gyre.proto.corpus.v1.AddDocumentsResponse;
import dev.gyre.proto.corpus.v1.Document;
import io.grpc.StatusException;
import io.grpc.stub.BlockingClientCall;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Locale;

/// Sends documents in batches and knows which of them are acknowledged.
public final class DocumentUpload {
    private static final int BATCH_BYTES = 512 << 10;
    private static final int BATCH_DOCUMENTS = 1_000;

    /// Batches on their way at once.
    private static final int WINDOW = 4;

    private final BlockingClientCall<AddDocumentsRequest, AddDocumentsResponse> call;
    private final AddDocumentsRequest.Builder batch;
    private final Progress progress;
    private final long totalBytes;
    private final long start = System.nanoTime();
    private long batchBytes;
    private long bytes;
    private int waiting;
    private long acknowledged;

    /// @param totalBytes 0: not known
    public DocumentUpload(
            Services services, String project, String corpus, long totalBytes, Progress progress) {
        this.call = services.corpora().addDocuments();
        this.batch = AddDocumentsRequest.newBuilder().setProject(project).setCorpus(corpus);
        this.totalBytes = totalBytes;
        this.progress = progress;
    }

    /// Sends a document, sooner or later.
    public void add(Document document) throws IOException, InterruptedException {
        int size = document.getSerializedSize();
        if (batchBytes > 0 && batchBytes + size > BATCH_BYTES) {
            send();
        }
        batch.addDocuments(document);
        batchBytes += size;
        bytes += size;
        if (batch.getDocumentsCount() == BATCH_DOCUMENTS) {
            send();
        }
    }

    private void send() throws IOException, InterruptedException {
        try {
            call.write(batch.build());
            waiting++;
            batch.clearDocuments();
            batchBytes = 0;
            while (waiting >= WINDOW) {
                receive();
            }
        } catch (StatusException refused) {
            throw refused.getStatus().asRuntimeException();
        }
    }

    private void receive() throws StatusException, InterruptedException {
        AddDocumentsResponse answer = call.read();
        if (answer == null) {
            throw new UncheckedIOException(
                    new IOException(
                            "the service ended the call after " + acknowledged + " documents"));
        }
        acknowledged = answer.getAcknowledged();
        waiting--;
        double seconds = (System.nanoTime() - start) / 1e9;
        String line =
                String.format(
                        Locale.ROOT,
                        "%,d documents, %.2f MB/s",
                        acknowledged,
                        bytes / 1e6 / seconds);
        progress.show(
                totalBytes > bytes
                        ? line
                                + ", "
                                + Words.seconds(seconds * (totalBytes - bytes) / bytes)
                                + " left"
                        : line);
    }

    /// Sends the rest.
    ///
    /// @return number of documents, all acknowledged
    public long finish() throws IOException, InterruptedException {
        try {
            if (batch.getDocumentsCount() > 0) {
                send();
            }
            call.halfClose();
            while (waiting > 0) {
                receive();
            }
            return acknowledged;
        } catch (StatusException refused) {
            throw refused.getStatus().asRuntimeException();
        }
    }

    /// Documents acknowledged so far.
    public long acknowledged() {
        return acknowledged;
    }
}
