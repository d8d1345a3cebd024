package dev.gyre.feedback.console;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.gyre.access.Identity;
import dev.gyre.access.Role;
import dev.gyre.access.TokenIssuer;
import dev.gyre.access.TokenVerifier;
import dev.gyre.events.Event;
import dev.gyre.events.EventPublisher;
import dev.gyre.events.KafkaSettings;
import dev.gyre.events.Topic;
import dev.gyre.proto.inference.v1.CompletionEvent;
import dev.gyre.proto.inference.v1.CompletionFinished;
import dev.gyre.proto.training.v1.DpoJob;
import dev.gyre.proto.training.v1.Job;
import dev.gyre.proto.training.v1.JobProgress;
import dev.gyre.proto.training.v1.JobSpec;
import dev.gyre.proto.training.v1.JobState;
import dev.gyre.proto.training.v1.JobStateEvent;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.io.TempDir;

/// The console in a real browser. Pictures of what was seen are left in `target/screenshots`. With
/// `-Dgyre.axe=<path of axe.min.js>` (npm `axe-core`) every picture is checked against WCAG AA,
/// too.
@QuarkusTest
@QuarkusTestResource(ConsoleSurroundings.class)
@ExtendWith(BrowserTest.BrowserIsInstalled.class)
class BrowserTest {
    private static final Identity ANNA =
            new Identity("anna", Set.of(Role.OPERATOR, Role.RATER), List.of("default"));
    private static final Duration LIMIT = Duration.ofSeconds(20);

    TokenIssuer issuer;
    FakeInference inference;

    @TestHTTPResource URI console;
    @Inject KafkaSettings kafka;
    @Inject Jdbi database;

    @TempDir Path profile;

    /// Says why the tests are skipped.
    static final class BrowserIsInstalled implements ExecutionCondition {
        @Override
        public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
            if (Chromium.installed().isPresent()) {
                return ConditionEvaluationResult.enabled("there is a chromium");
            }
            String reason =
                    "skipped: no chromium in /usr/bin (Debian: apt-get install chromium);"
                            + " -Dgyre.chromium=<path> names another";
            System.out.println(context.getDisplayName() + " " + reason);
            return ConditionEvaluationResult.disabled(reason);
        }
    }

    @Test
    void aPersonTalksRatesAndLooksAround() throws Exception {
        Optional<Path> binary = Chromium.installed();
        try (EventPublisher outside = new EventPublisher(kafka, "inference-service");
                Chromium browser = new Chromium(binary.orElseThrow(), profile)) {
            inference.finished = completion -> publish(outside, completion);
            release();
            outside.publish(Topic.JOBS, runningJob(), LIMIT);
            browser.show(1280, 800, false);

            signsIn(browser);
            talksAndStops(browser);
            comparesByKeyboard(browser);
            looksAround(browser);

            assertThat(browser.errors()).isEmpty();
        } finally {
            inference.finished = _ -> {};
            database.useHandle(BrowserTest::withdraw);
        }
    }

    private void signsIn(Chromium browser) {
        String code = issuer.mint(ANNA, TokenVerifier.LOGIN, Duration.ofMinutes(5));
        browser.open(console.resolve("/login?code=" + code));
        browser.awaitText("new training pairs");
        assertThat(browser.text()).contains("anna", "smollm2@7-1", "0 of 32 new training pairs");
        picture(browser, "home");
    }

    private void talksAndStops(Chromium browser) {
        browser.open(console.resolve("/chat"));
        browser.await("document.activeElement.id === 'message'");
        browser.type("Tell me about <i>rivers</i>.");
        browser.press("Enter");
        browser.awaitText("Good");
        assertThat(browser.text()).contains("<b>.</b>", "<i>rivers</i>", "smollm2@7-1");
        assertThat(
                        browser.evaluate("document.querySelectorAll('.turns b, .turns i').length")
                                .asInt())
                .isZero();

        browser.click(".answer-foot button");
        browser.await("document.querySelector('.answer-foot [aria-pressed=true]')");
        browser.evaluate("document.getElementById('message').focus()");
        browser.type("wait");
        browser.press("Enter");
        browser.await("!document.querySelector('.composer button:nth-of-type(2)').hidden");
        picture(browser, "chat");
        browser.press("Escape");
        browser.awaitText("stopped by you");

        browser.type("refuse");
        browser.press("Enter");
        browser.awaitText("temperature is 9, it must be 0 to 2; lower it");
    }

    private void comparesByKeyboard(Chromium browser) {
        browser.open(console.resolve("/compare"));
        browser.await("document.activeElement.id === 'prompt'");
        browser.press("Enter");
        browser.awaitText("Which is better?");
        assertThat(browser.text()).doesNotContain("smollm2@");
        picture(browser, "compare");
        browser.press("2");
        browser.awaitText("Recorded: left better");
        browser.await("document.querySelectorAll('.reveal:not([hidden]) .mono').length === 2");
        assertThat(browser.evaluate("document.querySelector('.reveal').innerText").asText())
                .contains("smollm2@7-1");
        picture(browser, "compare-revealed");

        JsonNode pair =
                browser.evaluate(
                        """
                        fetch("/api/gyre.feedback.v1.FeedbackService/ListRatings", {
                            method: "POST", headers: { "content-type": "application/json" }, body: "{}"
                        }).then(answer => answer.json()).then(list => list.ratings[0].pair)
                        """);
        String better = pair.path("firstOnLeft").asBoolean() ? "FIRST" : "SECOND";
        assertThat(pair.path("verdict").asText()).isEqualTo("PAIR_VERDICT_" + better + "_BETTER");

        browser.press("Enter");
        browser.awaitText("Which is better?");
        assertThat(browser.text()).doesNotContain("smollm2@");
    }

    private void looksAround(Chromium browser) {
        looks(browser, "/jobs", "step 12 of 40");
        looks(browser, "/releases", "holdout accuracy lower bound");
        looks(browser, "/data", "No round has run yet");
        looks(browser, "/lineage", "Recent ratings");
        browser.click("td a[href*='completion=']");
        browser.awaitText("The version that gave it");
        picture(browser, "lineage-answer");

        browser.open(console.resolve("/releases"));
        browser.awaitText("Roll back");
        browser.click(".card button.danger");
        browser.await("document.querySelector('dialog[open]')");
        picture(browser, "releases-dialog");
        browser.press("Escape");
        browser.await("!document.querySelector('dialog')");

        browser.show(375, 812, true);
        for (String page : List.of("/", "/chat", "/compare", "/releases")) {
            browser.open(console.resolve(page));
            browser.await("!document.body.innerText.includes('Loading')");
            assertThat(browser.evaluate("document.documentElement.scrollWidth").asInt())
                    .as("width of " + page + " on a phone")
                    .isLessThanOrEqualTo(375);
            picture(browser, "phone-" + (page.equals("/") ? "home" : page.substring(1)));
        }
    }

    private void looks(Chromium browser, String page, String text) {
        browser.open(console.resolve(page));
        browser.awaitText(text);
        assertThat(browser.text()).doesNotContain("[object");
        picture(browser, page.substring(1));
    }

    private static void picture(Chromium browser, String name) {
        browser.screenshot(Path.of("target/screenshots", name + ".png"));
        String axe = System.getProperty("gyre.axe", "");
        if (!axe.isEmpty()) {
            assertThat(browser.violations(Path.of(axe))).as("accessibility of " + name).isEmpty();
        }
    }

    private static void publish(EventPublisher outside, CompletionFinished completion) {
        outside.publish(
                Topic.COMPLETIONS,
                Event.of(
                        completion.getCompletionId(),
                        completion.getCompletionId(),
                        CompletionEvent.newBuilder().setFinished(completion).build(),
                        Instant.now()),
                LIMIT);
    }

    private static Event runningJob() {
        Job job =
                Job.newBuilder()
                        .setId("job-" + UUID.randomUUID())
                        .setRequestId("request-browser")
                        .setProject("default")
                        .setSpec(JobSpec.newBuilder().setDpo(DpoJob.newBuilder().setBeta(0.1)))
                        .setState(JobState.JOB_STATE_RUNNING)
                        .setAttempt(1)
                        .setProgress(
                                JobProgress.newBuilder()
                                        .setPhase("training")
                                        .setStep(12)
                                        .setTotalSteps(40)
                                        .setLoss(0.6512)
                                        .setTokensPerSecond(812)
                                        .setRemainingSeconds(95))
                        .build();
        return Event.of(
                UUID.randomUUID().toString(),
                job.getId(),
                JobStateEvent.newBuilder().setJobChanged(job).build(),
                Instant.now());
    }

    /// A line with two versions behind it and a candidate that the gate has measured.
    private void release() {
        database.useHandle(
                handle ->
                        handle.createScript(
                                        """
                                        insert into release_line values ('default', 'smollm2', 3,
                                            'smollm2', '7-1', 'aa', 'smollm2', '1-1', 'bb',
                                            'it passed its gate', 'policy', now());
                                        insert into candidate (id, project, release_line, model_name,
                                            model_version, manifest_sha256, parent_name,
                                            parent_version, dataset_id, dataset_sha256, job_id, state,
                                            verdict, checks, metrics, create_time)
                                        values ('c1', 'default', 'smollm2', 'smollm2', '9-1', 'cc',
                                            'smollm2', '7-1', 'd1', 'dd', '9', 'measured',
                                            'NOT_ENOUGH_EVIDENCE',
                                            '[{"name": "holdout_accuracy_lower_bound",
                                               "value": 0.4412, "limit": 0.5,
                                               "verdict": "NOT_ENOUGH_EVIDENCE",
                                               "explanation": "17 of 27 held-out pairs"}]',
                                            '{"eval_rewards/accuracies": 0.63}', now());
                                        """)
                                .execute());
    }

    /// Takes that away again: other test classes use the same service.
    private static void withdraw(Handle handle) {
        handle.execute("delete from candidate where id = 'c1'");
        handle.execute("delete from release_line where project = 'default'");
    }
}
