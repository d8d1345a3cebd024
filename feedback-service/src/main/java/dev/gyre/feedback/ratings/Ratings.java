package dev.gyre.feedback.ratings;

import dev.gyre.access.FailureException;
import dev.gyre.feedback.platform.Names;
import dev.gyre.feedback.platform.Page;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;

/// Records ratings and resolves those that came before their completions.
///
/// A recorded rating is never lost, refused or dropped because of what it points at: it is parked
/// until its completions arrive, and marked invalid, with the reason, when they do not go together.
@Singleton
public final class Ratings {
    private final Jdbi database;
    private final RatingStore store;
    private final Raters raters;
    private final Clock clock;

    /// @param raters gives the pseudonyms
    public Ratings(Jdbi database, RatingStore store, Raters raters, Clock clock) {
        this.database = database;
        this.store = store;
        this.raters = raters;
        this.clock = clock;
    }

    /// Records a rating. The same id with the same content again changes nothing.
    ///
    /// @param id chosen by the client; 1 to 128 characters
    /// @param project project that it belongs to
    /// @param subject verified subject who rates; only its pseudonym is kept
    /// @return the rating as it is stored
    /// @throws FailureException [dev.gyre.access.Failure.Conflict] when the id stands for another
    ///   rating
    public Rating record(String id, String project, Judgement judgement, String subject) {
        Names.id("rating_id", id);
        String rater = raters.pseudonym(subject);
        Instant now = clock.instant().truncatedTo(ChronoUnit.MICROS);
        return database.inTransaction(
                transaction -> {
                    judgement.completions().stream()
                            .sorted()
                            .forEach(completion -> lock(transaction, completion));
                    RatingCheck check =
                            RatingCheck.of(
                                    project,
                                    judgement,
                                    store.known(transaction, judgement.completions()));
                    Rating rating =
                            new Rating(
                                    0,
                                    id,
                                    project,
                                    judgement,
                                    rater,
                                    now,
                                    check.state(),
                                    check.invalidReason());
                    if (store.insert(transaction, rating)) {
                        RatingEvents.recorded(transaction, rating);
                    }
                    return sameOrRefuse(rating, store.find(transaction, id).orElseThrow());
                });
    }

    private static Rating sameOrRefuse(Rating asked, Rating stored) {
        if (!stored.project().equals(asked.project())
                || !stored.judgement().equals(asked.judgement())
                || !stored.rater().equals(asked.rater())) {
            throw FailureException.conflict(
                    "rating "
                            + asked.id()
                            + " was recorded with another content; a new rating needs a new id");
        }
        return stored;
    }

    /// Resolves the ratings that were parked for a completion.
    ///
    /// @param transaction the one that adds the completion, after [#lock]
    public void completionArrived(Handle transaction, String completionId) {
        for (Rating rating : store.parkedFor(transaction, completionId)) {
            RatingCheck check =
                    RatingCheck.of(
                            rating.project(),
                            rating.judgement(),
                            store.known(transaction, rating.judgement().completions()));
            if (check.state() != RatingState.PARKED) {
                store.setState(transaction, rating.id(), check);
            }
        }
    }

    /// A project's ratings, newest first.
    public Page<Rating> list(String project, Page.Wanted wanted) {
        List<Rating> found = database.withHandle(handle -> store.list(handle, project, wanted));
        return Page.of(found, wanted, Rating::sequence);
    }

    /// Keeps others from a completion and its ratings until the transaction ends: without it, a
    /// rating and its completion that arrive at once would not see each other, and the rating would
    /// stay parked. It also keeps the order of events of one completion.
    public static void lock(Handle transaction, String completionId) {
        transaction
                .createQuery("select pg_advisory_xact_lock(hashtextextended(:id, 1))::text")
                .bind("id", completionId)
                .mapTo(String.class)
                .one();
    }
}
