package dev.gyre.tokenization.corpus;

import dev.gyre.artifacts.Sha256;
import dev.gyre.events.Event;
import dev.gyre.events.EventPublisher;
import dev.gyre.events.EventPublisher.Outgoing;
import dev.gyre.events.EventRecord;
import dev.gyre.events.PoisonedRecordException;
import dev.gyre.events.Topic;
import dev.gyre.proto.corpus.v1.DocumentAdded;
import dev.gyre.proto.corpus.v1.DocumentEvent;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/// Documents on `gyre.corpus.documents.v1`, out and in.
final class DocumentEvents {
    /// Longest text of a document in bytes of UTF-8.
    static final int MAX_TEXT_BYTES = 4 << 20;

    /// Longest text that goes into the record itself: leaves room for ids and names.
    static final int MAX_INLINE_BYTES = 880_000;

    private static final Duration LIMIT = Duration.ofSeconds(30);

    private final CorpusStore store;
    private final Clock clock;

    DocumentEvents(CorpusStore store, Clock clock) {
        this.store = store;
        this.clock = clock;
    }

    /// Sends documents and returns when the broker has all of them.
    ///
    /// @param subject verified caller
    void publish(EventPublisher publisher, List<Document> documents, String subject)
            throws IOException {
        List<Outgoing> events = new ArrayList<>(documents.size());
        for (Document document : documents) {
            events.add(new Outgoing(Topic.CORPUS_DOCUMENTS, event(document, subject), null));
        }
        publisher.publishAll(events, LIMIT);
    }

    private Event event(Document document, String subject) throws IOException {
        CorpusName corpus = document.corpus();
        byte[] text = document.text().getBytes(StandardCharsets.UTF_8);
        if (text.length > MAX_TEXT_BYTES) {
            throw new IllegalArgumentException(
                    "document '%s' has %d bytes of text, the limit is %d; split it"
                            .formatted(document.id(), text.length, MAX_TEXT_BYTES));
        }
        DocumentAdded.Builder added =
                DocumentAdded.newBuilder()
                        .setProject(corpus.project())
                        .setCorpus(corpus.corpus())
                        .setDocumentId(document.id())
                        .setAddedBy(subject);
        if (text.length > MAX_INLINE_BYTES) {
            added.setArtifact(store.putText(corpus, text));
        } else {
            added.setText(document.text());
        }
        // a repeat of the same document has the same id
        String id =
                Sha256.of(
                        CorpusName.concat(
                                corpus.key(document.id()),
                                new byte[1],
                                Sha256.of(text).getBytes(StandardCharsets.US_ASCII)));
        return Event.of(
                id,
                document.id(),
                DocumentEvent.newBuilder().setAdded(added).build(),
                clock.instant());
    }

    /// Reads a record.
    ///
    /// @throws PoisonedRecordException when it is no document that can be taken
    Document read(EventRecord record) throws IOException {
        DocumentEvent event = record.parse(DocumentEvent.parser());
        if (event.getEventCase() != DocumentEvent.EventCase.ADDED) {
            throw new PoisonedRecordException("the event has no variant that this service knows");
        }
        DocumentAdded added = event.getAdded();
        try {
            CorpusName corpus = new CorpusName(added.getProject(), added.getCorpus());
            if (!added.getDocumentId().equals(record.key())) {
                throw new IllegalArgumentException(
                        "the record's key is '%s', its document_id '%s'"
                                .formatted(record.key(), added.getDocumentId()));
            }
            if (added.getAddedBy().isBlank()) {
                throw new IllegalArgumentException(
                        "added_by is empty; wanted: the verified subject who adds");
            }
            String text =
                    switch (added.getContentCase()) {
                        case TEXT -> added.getText();
                        case ARTIFACT -> store.text(corpus, added.getArtifact(), MAX_TEXT_BYTES);
                        case CONTENT_NOT_SET ->
                                throw new IllegalArgumentException(
                                        "the document has neither text nor artifact");
                    };
            return new Document(corpus, added.getDocumentId(), text);
        } catch (IllegalArgumentException wrong) {
            throw new PoisonedRecordException(String.valueOf(wrong.getMessage()), wrong);
        }
    }
}
