package dev.gyre.trainer.jobs;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gyre.proto.training.v1.CorpusRef;
import dev.gyre.proto.training.v1.JobSpec;
import dev.gyre.proto.training.v1.PretrainJob;
import org.junit.jupiter.api.Test;

final class SpecificationChecksTest {
    @Test
    void takesACorpusAlone() {
        assertThatCode(() -> SpecificationChecks.check(spec(onCorpus("wiki", "0123456789abcdef"))))
                .doesNotThrowAnyException();
    }

    @Test
    void refusesWhatCannotNameACorpus() {
        assertRefused(
                onCorpus("", "0123456789abcdef"),
                "pretrain.corpus.name is ''; wanted: 1 to 64 of a-z, 0-9 and hyphen, not starting"
                        + " with a hyphen");
        assertRefused(
                onCorpus("../poems/wiki", "0123456789abcdef"),
                "pretrain.corpus.name is '../poems/wiki'; wanted: 1 to 64 of a-z, 0-9 and hyphen,"
                        + " not starting with a hyphen");
        assertRefused(
                onCorpus("wiki", "latest"),
                "pretrain.corpus.version is 'latest'; wanted: 16 hexadecimal digits, the version of"
                        + " a sealed corpus");
    }

    @Test
    void refusesATextAndATokenizerBesideACorpus() {
        assertRefused(
                onCorpus("wiki", "0123456789abcdef").setText("wordnet"),
                "pretrain.text is 'wordnet'; wanted: nothing beside pretrain.corpus; leave out one"
                        + " of the two");
        assertRefused(
                onCorpus("wiki", "0123456789abcdef").setVocabularySize(300),
                "pretrain.vocabulary_size is '300'; wanted: 0 beside pretrain.corpus, which has its"
                        + " tokenizer; seal the corpus with another");
    }

    private static void assertRefused(PretrainJob.Builder job, String message) {
        assertThatThrownBy(() -> SpecificationChecks.check(spec(job)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(message);
    }

    private static PretrainJob.Builder onCorpus(String name, String version) {
        return PretrainJob.newBuilder()
                .setModelName("tiny")
                .setCorpus(CorpusRef.newBuilder().setName(name).setVersion(version));
    }

    private static JobSpec spec(PretrainJob.Builder job) {
        return JobSpec.newBuilder().setPretrain(job).build();
    }
}
