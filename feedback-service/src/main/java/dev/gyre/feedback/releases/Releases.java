package dev.gyre.feedback.releases;

import dev.gyre.access.FailureException;
import dev.gyre.access.Identity;
import dev.gyre.artifacts.ModelPackages;
import dev.gyre.artifacts.ModelVersion;
import dev.gyre.feedback.gate.GateReport;
import dev.gyre.feedback.gate.Verdict;
import dev.gyre.feedback.platform.Names;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.NoSuchFileException;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jspecify.annotations.Nullable;

/// Decides which version of a model is served.
///
/// Every change locks the line's row, raises its epoch and writes the event in the same
/// transaction, so readers see the changes in their order and can ignore what is older.
@Singleton
public final class Releases {
    /// Stands for this service where no person changed a line.
    private static final String BY_ITSELF = "feedback-service";

    private final Jdbi database;
    private final ReleaseStore lines;
    private final CandidateStore candidates;
    private final Replicas replicas;
    private final ModelPackages packages;
    private final Clock clock;

    /// @param packages says whether a version exists, and its manifest's hash
    public Releases(
            Jdbi database,
            ReleaseStore lines,
            CandidateStore candidates,
            Replicas replicas,
            ModelPackages packages,
            Clock clock) {
        this.database = database;
        this.lines = lines;
        this.candidates = candidates;
        this.replicas = replicas;
        this.packages = packages;
        this.clock = clock;
    }

    /// Who asks for a change, why, and what it saw.
    ///
    /// @param reason why
    /// @param expectedEpoch epoch that the caller saw; 0: not checked
    /// @param caller who asks; its role and project have been checked
    public record Ask(String reason, long expectedEpoch, Identity caller) {
        String subject() {
            return caller.subject();
        }
    }

    /// Promotes a version. Promoting what is served already changes nothing.
    ///
    /// @throws FailureException [dev.gyre.access.Failure.Invalid] without a reason, unless the
    ///   version is a candidate of this line that passed its gate;
    ///   [dev.gyre.access.Failure.NotFound] when there is no such version;
    ///   [dev.gyre.access.Failure.Conflict] when the line has changed since the caller saw it
    public ReleaseLine promote(String project, String lineName, ModelVersion model, Ask ask) {
        Names.line(lineName);
        return database.inTransaction(
                transaction -> {
                    ReleaseLine line = lines.lock(transaction, project, lineName, now());
                    line.checkEpoch(ask.expectedEpoch());
                    if (line.promoted() != null && line.promoted().model().equals(model)) {
                        return line;
                    }
                    Candidate known = candidates.lock(transaction, model.toString()).orElse(null);
                    if (known != null && !ask.caller().mayUse(known.project())) {
                        throw FailureException.notFound("there is no model package " + model);
                    }
                    Candidate candidate =
                            known != null && isOf(known, project, lineName) ? known : null;
                    boolean passed =
                            candidate != null
                                    && candidate.verdict() == Verdict.PASS
                                    && candidate.state() != CandidateState.REJECTED;
                    if (!passed && ask.reason().isBlank()) {
                        throw FailureException.invalid(
                                "reason",
                                model
                                        + " is no candidate of "
                                        + project
                                        + "/"
                                        + lineName
                                        + " that passed its gate; say why it is promoted all the"
                                        + " same");
                    }
                    String reason = ask.reason().isBlank() ? "passed its gate" : ask.reason();
                    Release release = new Release(model, manifestSha256(model));
                    return change(
                            transaction, line, release, candidate, !passed, reason, ask.subject());
                });
    }

    private static boolean isOf(Candidate candidate, String project, String lineName) {
        return candidate.project().equals(project) && candidate.releaseLine().equals(lineName);
    }

    private ReleaseLine change(
            Handle transaction,
            ReleaseLine line,
            Release release,
            @Nullable Candidate candidate,
            boolean overruled,
            String reason,
            String subject) {
        ReleaseLine changed = line.promote(release, reason, subject, now());
        lines.update(transaction, changed);
        lines.note(transaction, changed, release, false, candidate, overruled);
        if (candidate != null) {
            candidates.setState(transaction, candidate.id(), CandidateState.PROMOTED, reason);
        }
        ReleaseEvents.changed(transaction, changed);
        return changed;
    }

    /// Serves the previous version again, and rejects the candidate that was served.
    ///
    /// @throws FailureException [dev.gyre.access.Failure.Conflict] when there is none, or the line
    ///   has changed since the caller saw it
    public ReleaseLine rollBack(String project, String lineName, Ask ask) {
        if (ask.reason().isBlank()) {
            throw FailureException.invalid("reason", "say why the line goes back");
        }
        return database.inTransaction(
                transaction -> {
                    if (lines.find(transaction, project, lineName).isEmpty()) {
                        throw notFound(project, lineName);
                    }
                    ReleaseLine line = lines.lock(transaction, project, lineName, now());
                    line.checkEpoch(ask.expectedEpoch());
                    ReleaseLine changed = line.rollBack(ask.reason(), ask.subject(), now());
                    lines.update(transaction, changed);
                    Candidate back =
                            moved(
                                    transaction,
                                    changed,
                                    changed.promoted(),
                                    CandidateState.PROMOTED,
                                    ask);
                    moved(transaction, changed, changed.previous(), CandidateState.REJECTED, ask);
                    Release promoted = changed.promoted();
                    if (promoted != null) {
                        lines.note(transaction, changed, promoted, true, back, false);
                    }
                    ReleaseEvents.changed(transaction, changed);
                    return changed;
                });
    }

    private @Nullable Candidate moved(
            Handle transaction,
            ReleaseLine line,
            @Nullable Release release,
            CandidateState state,
            Ask ask) {
        if (release == null) {
            return null;
        }
        Optional<Candidate> candidate =
                candidates
                        .lock(transaction, release.model().toString())
                        .filter(found -> isOf(found, line.project(), line.name()));
        candidate.ifPresent(
                found ->
                        candidates.setState(
                                transaction, found.id(), state, "rolled back: " + ask.reason()));
        return candidate.orElse(null);
    }

    /// Rejects a candidate. Rejecting a rejected one changes nothing.
    ///
    /// @param caller who asks; sees only candidates of its projects
    /// @throws FailureException [dev.gyre.access.Failure.NotFound] when there is none that the
    ///   caller may see; [dev.gyre.access.Failure.Conflict] when it is served
    public Candidate reject(String candidateId, Identity caller, String reason) {
        if (reason.isBlank()) {
            throw FailureException.invalid("reason", "say why the candidate is rejected");
        }
        return database.inTransaction(
                transaction -> {
                    Candidate candidate = visible(transaction, candidateId, caller);
                    // the line first, as every change does it: two changes never wait for each
                    // other
                    ReleaseLine line =
                            lines.lock(
                                    transaction,
                                    candidate.project(),
                                    candidate.releaseLine(),
                                    now());
                    candidate = candidates.lock(transaction, candidateId).orElseThrow();
                    if (line.promoted() != null
                            && line.promoted().model().equals(candidate.release().model())) {
                        throw FailureException.conflict(
                                candidateId
                                        + " is served by "
                                        + line.project()
                                        + "/"
                                        + line.name()
                                        + "; roll the line back instead");
                    }
                    if (candidate.state() != CandidateState.REJECTED) {
                        candidates.setState(
                                transaction, candidateId, CandidateState.REJECTED, reason);
                    }
                    return candidates.find(transaction, candidateId).orElseThrow();
                });
    }

    private Candidate visible(Handle handle, String id, Identity caller) {
        return candidates
                .find(handle, id)
                .filter(found -> caller.mayUse(found.project()))
                .orElseThrow(() -> FailureException.notFound("there is no candidate " + id));
    }

    /// Takes a version that a job has made. The first version of an empty line, made by an import
    /// or by pretraining, is promoted at once: there is nothing it could be worse than.
    ///
    /// @param parent what it was trained from; null for imports and pretraining
    public void candidateProduced(
            Handle transaction,
            String project,
            Release release,
            @Nullable ModelVersion parent,
            @Nullable String datasetId,
            @Nullable String datasetSha256,
            String jobId) {
        String lineName = lineOfDataset(transaction, datasetId).orElse(release.model().name());
        ReleaseLine line = lines.lock(transaction, project, lineName, now());
        Candidate candidate =
                Candidate.fresh(
                        project,
                        lineName,
                        release,
                        parent,
                        datasetId,
                        datasetSha256,
                        jobId,
                        CandidateState.MEASURED,
                        now());
        if (!candidates.insert(transaction, candidate)
                || parent != null
                || line.promoted() != null) {
            return;
        }
        String problem = problem(release);
        if (problem.isEmpty()) {
            change(
                    transaction,
                    line,
                    release,
                    candidate,
                    false,
                    "first version of an empty line, made by job " + jobId,
                    BY_ITSELF);
        } else {
            candidates.setState(transaction, candidate.id(), CandidateState.MEASURED, problem);
        }
    }

    /// The line that a data set was sealed for: a line's name need not be its package's.
    private static Optional<String> lineOfDataset(Handle handle, @Nullable String datasetId) {
        return handle.createQuery("select release_line from dataset where id = :id")
                .bind("id", datasetId)
                .mapTo(String.class)
                .findOne();
    }

    private String problem(Release release) {
        try {
            String stored = packages.manifestSha256(release.model());
            return stored.equals(release.manifestSha256())
                    ? ""
                    : "not promoted: its manifest has the hash "
                            + stored
                            + ", the job announced "
                            + release.manifestSha256();
        } catch (NoSuchFileException missing) {
            return "not promoted: its package is not in the artifact store";
        } catch (IOException failure) {
            throw new UncheckedIOException("cannot read the package " + release.model(), failure);
        }
    }

    private String manifestSha256(ModelVersion model) {
        try {
            return packages.manifestSha256(model);
        } catch (NoSuchFileException missing) {
            throw FailureException.notFound("there is no model package " + model);
        } catch (IOException failure) {
            throw new UncheckedIOException("cannot read the package " + model, failure);
        }
    }

    /// Notes that a round has made a candidate and is about to measure it. The announcement of the
    /// same version may come before or after.
    public void evaluating(Handle transaction, Candidate candidate) {
        lines.lock(transaction, candidate.project(), candidate.releaseLine(), now());
        if (!candidates.insert(transaction, candidate)) {
            candidates.setLine(transaction, candidate.id(), candidate.releaseLine());
            Candidate known = candidates.lock(transaction, candidate.id()).orElseThrow();
            if (known.state() == CandidateState.MEASURED) {
                candidates.setState(transaction, candidate.id(), CandidateState.EVALUATING, "");
            }
        }
    }

    /// Notes that a candidate could not be measured; a person may still promote it with a reason.
    public void notMeasured(Handle transaction, String candidateId, String why) {
        if (candidates
                .lock(transaction, candidateId)
                .filter(found -> found.state() == CandidateState.EVALUATING)
                .isPresent()) {
            candidates.setState(transaction, candidateId, CandidateState.MEASURED, why);
        }
    }

    /// What the gate's report led to.
    ///
    /// @param state where the candidate stands now
    /// @param why why it waits; empty otherwise
    public record Outcome(CandidateState state, String why) {}

    /// Takes the gate's report on a candidate: a pass is promoted, a failure rejected, anything
    /// else waits for a person. A person who decided meanwhile has the last word, and a line that
    /// has moved on is not moved by a candidate of an older version.
    ///
    /// @param parent version that must still be served
    /// @param autoPromote whether a pass is promoted without a person
    public Outcome judged(
            Handle transaction,
            String candidateId,
            Map<String, Double> metrics,
            GateReport report,
            ModelVersion parent,
            boolean autoPromote) {
        Candidate seen = candidates.find(transaction, candidateId).orElseThrow();
        ReleaseLine line = lines.lock(transaction, seen.project(), seen.releaseLine(), now());
        Candidate candidate = candidates.lock(transaction, candidateId).orElseThrow();
        candidates.setReport(transaction, candidateId, metrics, report);
        if (candidate.state() == CandidateState.PROMOTED
                || candidate.state() == CandidateState.REJECTED) {
            return new Outcome(candidate.state(), "");
        }
        return switch (report.verdict()) {
            case FAIL ->
                    moved(transaction, candidateId, CandidateState.REJECTED, "failed its gate");
            case NOT_ENOUGH_EVIDENCE ->
                    moved(
                            transaction,
                            candidateId,
                            CandidateState.MEASURED,
                            "not enough evidence; a person may decide");
            case PASS -> passed(transaction, line, candidateId, parent, autoPromote);
        };
    }

    private Outcome passed(
            Handle transaction,
            ReleaseLine line,
            String candidateId,
            ModelVersion parent,
            boolean autoPromote) {
        if (!autoPromote) {
            return moved(
                    transaction,
                    candidateId,
                    CandidateState.MEASURED,
                    "passed its gate; a person promotes it");
        }
        if (line.promoted() == null || !line.promoted().model().equals(parent)) {
            return moved(
                    transaction,
                    candidateId,
                    CandidateState.MEASURED,
                    "passed its gate, but the line no longer serves "
                            + parent
                            + ", which it was compared with");
        }
        Candidate candidate = candidates.find(transaction, candidateId).orElseThrow();
        change(
                transaction,
                line,
                candidate.release(),
                candidate,
                false,
                "passed its gate",
                BY_ITSELF);
        return new Outcome(CandidateState.PROMOTED, "");
    }

    private Outcome moved(
            Handle transaction, String candidateId, CandidateState state, String reason) {
        candidates.setState(transaction, candidateId, state, reason);
        return new Outcome(state, state == CandidateState.MEASURED ? reason : "");
    }

    /// A line as it is now.
    ///
    /// @throws FailureException [dev.gyre.access.Failure.NotFound] when there is none
    public ServedLine get(String project, String lineName) {
        return database.withHandle(
                handle ->
                        lines.find(handle, project, lineName)
                                .map(line -> replicas.served(handle, line))
                                .orElseThrow(() -> notFound(project, lineName)));
    }

    /// Lines that a caller may see, ordered by project and name.
    ///
    /// @param project only this project's; empty: all of the caller's
    public List<ServedLine> list(String project, Identity caller) {
        if (!project.isEmpty()) {
            caller.checkProject(project);
        }
        return database.withHandle(
                handle ->
                        lines.list(handle).stream()
                                .filter(line -> project.isEmpty() || line.project().equals(project))
                                .filter(line -> caller.mayUse(line.project()))
                                .map(line -> replicas.served(handle, line))
                                .toList());
    }

    /// Every line, ordered by project and name.
    public List<ReleaseLine> all() {
        return database.withHandle(lines::list);
    }

    /// A line's changes, newest first.
    public List<ReleaseChange> changes(String project, String lineName) {
        return database.withHandle(handle -> lines.changes(handle, project, lineName));
    }

    /// A project's candidates, newest first.
    ///
    /// @param lineName only this line's; empty: all
    public List<Candidate> candidates(String project, String lineName) {
        return database.withHandle(handle -> candidates.list(handle, project, lineName));
    }

    /// A candidate.
    public Optional<Candidate> candidate(String id) {
        return database.withHandle(handle -> candidates.find(handle, id));
    }

    private static FailureException notFound(String project, String lineName) {
        return FailureException.notFound(
                "project "
                        + project
                        + " has no release line "
                        + lineName
                        + "; a first import, a pretraining or a promotion makes it");
    }

    private Instant now() {
        return clock.instant().truncatedTo(ChronoUnit.MICROS);
    }
}
