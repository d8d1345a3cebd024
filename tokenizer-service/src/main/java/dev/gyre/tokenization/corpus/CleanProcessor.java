package dev.gyre.tokenization.corpus;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import dev.gyre.events.DeadLetters;
import dev.gyre.events.EventRecord;
import dev.gyre.events.PoisonedRecordException;
import dev.gyre.proto.corpus.v1.DocumentBands;
import dev.gyre.proto.corpus.v1.DocumentState;
import dev.gyre.proto.corpus.v1.KeptDocument;
import dev.gyre.proto.corpus.v1.RedactionSample;
import dev.gyre.proto.corpus.v1.RemovedDocument;
import dev.gyre.tokenization.corpus.CorpusTopology.Out;
import dev.gyre.tokenization.corpus.text.ContentHash;
import dev.gyre.tokenization.corpus.text.CorpusRules;
import dev.gyre.tokenization.corpus.text.Redaction;
import dev.gyre.tokenization.corpus.text.Verdict;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.processor.api.RecordMetadata;
import org.apache.kafka.streams.state.KeyValueStore;
import org.jspecify.annotations.Nullable;

/// Cleans one document after another, keeps what came of it, and tells the band index of it. The
/// last record of a document is the one that counts.
final class CleanProcessor implements Processor<byte[], byte[], byte[], Out> {
    private static final int EXCERPT_CHARACTERS = 300;
    private static final int CONTEXT_CHARACTERS = 60;

    private final DocumentEvents events;
    private final CorpusStore texts;
    private final Cleaning cleaning;
    private final int inlineTextBytes;
    private @Nullable ProcessorContext<byte[], Out> context;
    private @Nullable KeyValueStore<Bytes, byte[]> documents;

    CleanProcessor(
            DocumentEvents events, CorpusStore texts, Cleaning cleaning, int inlineTextBytes) {
        this.events = events;
        this.texts = texts;
        this.cleaning = cleaning;
        this.inlineTextBytes = inlineTextBytes;
    }

    @Override
    public void init(ProcessorContext<byte[], Out> context) {
        this.context = context;
        this.documents = context.getStateStore(CorpusTopology.DOCUMENTS);
    }

    @Override
    public void process(Record<byte[], byte[]> record) {
        ProcessorContext<byte[], Out> context = CorpusTopology.initialised(this.context);
        try {
            EventRecord event = EventRecord.of(record.key(), record.value(), record.headers());
            Document document = events.read(event);
            take(document, context.recordMetadata().orElseThrow(), record, context);
        } catch (PoisonedRecordException poisoned) {
            context.forward(
                    record.withValue((Out) new Out.Letter(record.value()))
                            .withHeaders(DeadLetters.headers(record.headers(), poisoned)));
        } catch (IOException failure) {
            throw new UncheckedIOException("cannot reach the artifact store", failure);
        }
    }

    private void take(
            Document document,
            RecordMetadata place,
            Record<byte[], byte[]> record,
            ProcessorContext<byte[], Out> context)
            throws IOException {
        KeyValueStore<Bytes, byte[]> documents = CorpusTopology.initialised(this.documents);
        byte[] key = document.corpus().key(document.id());
        byte[] before = documents.get(Bytes.wrap(key));
        if (before != null && parse(before).getOffset() > place.offset()) {
            return;
        }
        texts.register(document.corpus());
        DocumentState.Builder state =
                DocumentState.newBuilder()
                        .setPartition(place.partition())
                        .setOffset(place.offset())
                        .setRulesSha256(cleaning.sha256())
                        .setBytes(document.text().getBytes(StandardCharsets.UTF_8).length);
        List<DocumentBands.Builder> bands = List.of();
        switch (cleaning.clean(document.text())) {
            case Verdict.Kept kept -> {
                state.setKept(kept(document, kept));
                bands = bands(kept.text());
            }
            case Verdict.Removed(String rule, String measured) ->
                    state.setRemoved(
                            RemovedDocument.newBuilder()
                                    .setRule(rule)
                                    .setMeasured(measured)
                                    .setExcerpt(cut(document.text(), 0, EXCERPT_CHARACTERS)));
        }
        documents.put(Bytes.wrap(key), state.build().toByteArray());
        if (bands.isEmpty() && before != null) {
            bands = empty();
        }
        for (int partition = 0; partition < bands.size(); partition++) {
            byte[] message = bands.get(partition).setOffset(place.offset()).build().toByteArray();
            byte[] target = CorpusName.concat(new byte[] {(byte) partition}, key);
            context.forward(record.withKey(target).withValue((Out) new Out.Bands(message)));
        }
    }

    private KeptDocument kept(Document document, Verdict.Kept kept) throws IOException {
        KeptDocument.Builder state = KeptDocument.newBuilder().setLanguage(kept.language());
        byte[] text = kept.text().getBytes(StandardCharsets.UTF_8);
        if (text.length <= inlineTextBytes) {
            state.setText(kept.text());
        } else {
            state.setArtifact(texts.putText(document.corpus(), text));
        }
        CorpusRules.PersonalData personalData = cleaning.rules().personalData();
        TreeMap<String, Long> counts = new TreeMap<>();
        for (Redaction redaction : kept.redactions()) {
            counts.merge(redaction.kind().name(), (long) redaction.count(), Long::sum);
            int at = kept.text().indexOf(personalData.placeholder(redaction.kind()));
            if (at >= 0) {
                state.addSamples(
                        RedactionSample.newBuilder()
                                .setKind(redaction.kind().name())
                                .setContext(
                                        cut(
                                                kept.text(),
                                                at - CONTEXT_CHARACTERS,
                                                at + CONTEXT_CHARACTERS)));
            }
        }
        // protobuf's order of map entries is the order in which they are put
        counts.forEach(state::putRedactions);
        return state.build();
    }

    /// A stretch of text on one line, cut at no surrogate pair.
    private static String cut(String text, int from, int to) {
        int start = Math.clamp(from, 0, text.length());
        int end = Math.clamp(to, 0, text.length());
        if (start > 0 && start < text.length() && Character.isLowSurrogate(text.charAt(start))) {
            start--;
        }
        if (end > 0 && end < text.length() && Character.isLowSurrogate(text.charAt(end))) {
            end--;
        }
        return text.substring(start, end).replaceAll("\\s+", " ");
    }

    /// What each partition of the band index is told of a text.
    private List<DocumentBands.Builder> bands(String text) {
        CorpusRules.Deduplication rules = cleaning.rules().deduplication();
        List<DocumentBands.Builder> bands = empty();
        if (rules.near()) {
            int[] signature = cleaning.minHash().signature(text);
            ByteString bytes = bytes(signature);
            for (long band : cleaning.minHash().bandKeys(signature)) {
                bands.get((int) Long.remainderUnsigned(band, bands.size()))
                        .addBands(band)
                        .setSignature(bytes);
            }
        }
        if (rules.exact()) {
            byte[] hash = ContentHash.of(text);
            bands.get((hash[0] & 0xFF) % bands.size()).setTextHash(ByteString.copyFrom(hash));
        }
        return bands;
    }

    private static List<DocumentBands.Builder> empty() {
        List<DocumentBands.Builder> bands = new ArrayList<>();
        for (int partition = 0; partition < CorpusTopology.PARTITIONS; partition++) {
            bands.add(DocumentBands.newBuilder());
        }
        return bands;
    }

    private static ByteString bytes(int[] signature) {
        ByteBuffer bytes =
                ByteBuffer.allocate(signature.length * Integer.BYTES)
                        .order(ByteOrder.LITTLE_ENDIAN);
        bytes.asIntBuffer().put(signature);
        return ByteString.copyFrom(bytes);
    }

    private static DocumentState parse(byte[] state) {
        try {
            return DocumentState.parseFrom(state);
        } catch (InvalidProtocolBufferException damaged) {
            throw new IllegalStateException("the stream's state is damaged", damaged);
        }
    }
}
