package dev.gyre.tokenization;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gyre.access.Role;
import dev.gyre.proto.corpus.v1.AddDocumentsRequest;
import dev.gyre.proto.corpus.v1.AddDocumentsResponse;
import dev.gyre.proto.corpus.v1.CorpusServiceGrpc;
import dev.gyre.proto.corpus.v1.CorpusServiceGrpc.CorpusServiceBlockingStub;
import dev.gyre.proto.corpus.v1.CorpusVersion;
import dev.gyre.proto.corpus.v1.Document;
import dev.gyre.proto.corpus.v1.GetReportRequest;
import dev.gyre.proto.corpus.v1.GetReportResponse;
import dev.gyre.proto.corpus.v1.ListCorporaRequest;
import dev.gyre.proto.corpus.v1.SealCorpusRequest;
import dev.gyre.proto.corpus.v1.SealCorpusResponse;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import java.util.Iterator;
import java.util.List;
import org.junit.jupiter.api.Test;

@QuarkusTest
@QuarkusTestResource(TestService.class)
class CorpusCallsTest extends ServiceTest {
    @Test
    void raterMayNotFillSealOrReadACorpus() {
        assertThatThrownBy(() -> add(Role.RATER, "", "web"))
                .hasMessageContaining("PERMISSION_DENIED");
        assertThatThrownBy(() -> seal(Role.RATER, "web")).hasMessageContaining("PERMISSION_DENIED");
        assertThatThrownBy(() -> report(Role.RATER, "web"))
                .hasMessageContaining("PERMISSION_DENIED");
    }

    @Test
    void aServiceMayFillACorpusAndAnOperatorSealsIt() throws Exception {
        assertThat(add(Role.SERVICE, "default", "web").getLast().getAcknowledged()).isEqualTo(1);
        assertThatThrownBy(() -> seal(Role.SERVICE, "web"))
                .hasMessageContaining("PERMISSION_DENIED");
        CorpusVersion sealed = seal(Role.OPERATOR, "web");

        assertThat(sealed.getCorpus()).isEqualTo("web");
        assertThat(report(Role.OPERATOR, "web").getVersion()).isEqualTo(sealed);
        assertThat(
                        corpora(Role.OPERATOR)
                                .listCorpora(ListCorporaRequest.getDefaultInstance())
                                .getCorporaList())
                .anySatisfy(corpus -> assertThat(corpus.getName()).isEqualTo("web"));
    }

    @Test
    void namesWhatIsWrong() {
        assertThatThrownBy(() -> add(Role.OPERATOR, "other", "web"))
                .hasMessageContaining("PERMISSION_DENIED")
                .hasMessageContaining("other");
        assertThatThrownBy(() -> add(Role.OPERATOR, "", "No Name"))
                .hasMessageContaining("INVALID_ARGUMENT")
                .hasMessageContaining("No Name");
        assertThatThrownBy(() -> report(Role.OPERATOR, "nothing"))
                .hasMessageContaining("NOT_FOUND")
                .hasMessageContaining("nothing");
    }

    private List<AddDocumentsResponse> add(Role role, String project, String corpus)
            throws Exception {
        AddDocumentsRequest request =
                AddDocumentsRequest.newBuilder()
                        .setProject(project)
                        .setCorpus(corpus)
                        .addDocuments(Document.newBuilder().setId("one").setText("too short"))
                        .build();
        return stream(CorpusServiceGrpc.newStub(as(role))::addDocuments, List.of(request));
    }

    private CorpusVersion seal(Role role, String corpus) {
        Iterator<SealCorpusResponse> answers =
                corpora(role)
                        .sealCorpus(
                                SealCorpusRequest.newBuilder()
                                        .setCorpus(corpus)
                                        .setTokenizer("tiny")
                                        .build());
        SealCorpusResponse last = answers.next();
        while (answers.hasNext()) {
            last = answers.next();
        }
        return last.getVersion();
    }

    private GetReportResponse report(Role role, String corpus) {
        return corpora(role).getReport(GetReportRequest.newBuilder().setCorpus(corpus).build());
    }

    private CorpusServiceBlockingStub corpora(Role role) {
        return CorpusServiceGrpc.newBlockingStub(as(role));
    }
}
