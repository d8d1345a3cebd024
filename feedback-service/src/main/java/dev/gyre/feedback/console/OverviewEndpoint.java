package dev.gyre.feedback.console;

import dev.gyre.access.Identity;
import dev.gyre.feedback.datasets.Datasets;
import dev.gyre.feedback.policies.Policies;
import dev.gyre.feedback.policies.Policy;
import dev.gyre.feedback.releases.Release;
import dev.gyre.feedback.releases.Releases;
import dev.gyre.feedback.releases.ServedLine;
import dev.gyre.feedback.rounds.Round;
import dev.gyre.feedback.rounds.Rounds;
import dev.gyre.feedback.signin.Caller;
import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.ws.rs.DefaultValue;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.MediaType;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jdbi.v3.core.Jdbi;

/// Where the loop stands, in a few numbers.
@Path("/console/overview")
public final class OverviewEndpoint {
    private final Jdbi database;
    private final Loop loop;
    private final Caller caller;

    /// What the numbers come from.
    @jakarta.inject.Singleton
    record Loop(Releases releases, Policies policies, Rounds rounds, Datasets datasets) {}

    OverviewEndpoint(Jdbi database, Loop loop, Caller caller) {
        this.database = database;
        this.loop = loop;
        this.caller = caller;
    }

    /// @param ratings ratings given, all kinds
    /// @param parked those that wait for a completion
    /// @param completions answers kept
    /// @param datasets data sets sealed
    /// @param lines release lines
    record Overview(
            String project,
            long ratings,
            long parked,
            long completions,
            long datasets,
            List<Line> lines) {}

    /// @param promoted version that is served, as `name@version`; empty before the first
    /// @param complete whether every replica serves it
    /// @param newPairs training pairs that the last round did not have
    /// @param minNewPairs new training pairs that start a round
    /// @param enabled whether rounds start by themselves
    /// @param roundState state of the newest round, in lower case; empty without one
    record Line(
            String name,
            String promoted,
            boolean complete,
            int newPairs,
            int minNewPairs,
            boolean enabled,
            String roundState) {}

    /// A project's numbers.
    @GET
    @Produces(MediaType.APPLICATION_JSON)
    @RunOnVirtualThread
    public Overview overview(@QueryParam("project") @DefaultValue("") String asked) {
        Identity reader = caller.identity();
        String project = reader.project(asked);
        List<Line> lines = lines(project, reader);
        return database.withHandle(
                handle ->
                        handle.createQuery(
                                        """
                                                select
                                                    (select count(*) from rating
                                                        where project = :project),
                                                    (select count(*) from rating
                                                        where project = :project
                                                        and state = 'parked'),
                                                    (select count(*) from completion
                                                        where project = :project),
                                                    (select count(*) from dataset
                                                        where project = :project)
                                                """)
                                .bind("project", project)
                                .map(
                                        (row, _) ->
                                                new Overview(
                                                        project,
                                                        row.getLong(1),
                                                        row.getLong(2),
                                                        row.getLong(3),
                                                        row.getLong(4),
                                                        lines))
                                .one());
    }

    private List<Line> lines(String project, Identity reader) {
        return loop.releases().list(project, reader).stream().map(this::line).toList();
    }

    private Line line(ServedLine served) {
        String project = served.line().project();
        String name = served.line().name();
        Release promoted = served.line().promoted();
        Policy policy = loop.policies().get(project, name);
        Optional<Round> last = loop.rounds().newest(project, name);
        return new Line(
                name,
                promoted == null ? "" : promoted.model().name() + "@" + promoted.model().version(),
                served.complete(),
                promoted == null
                        ? 0
                        : loop.datasets()
                                .newTrainingPairs(
                                        project,
                                        promoted.model(),
                                        policy.holdoutShare(),
                                        last.map(Round::datasetId)),
                policy.minNewPairs(),
                policy.enabled(),
                last.map(round -> round.state().name().toLowerCase(Locale.ROOT)).orElse(""));
    }
}
