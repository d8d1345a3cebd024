package dev.gyre.feedback.ratings;

import dev.gyre.events.Event;
import dev.gyre.events.ProtoTime;
import dev.gyre.events.Topic;
import dev.gyre.feedback.platform.Outgoing;
import dev.gyre.proto.feedback.v1.PairRating;
import dev.gyre.proto.feedback.v1.RatingEvent;
import dev.gyre.proto.feedback.v1.RatingRecorded;
import dev.gyre.proto.feedback.v1.ThumbRating;
import org.jdbi.v3.core.Handle;

/// Tells of ratings: ids, verdict and pseudonym, never a text that a person wrote.
final class RatingEvents {
    private RatingEvents() {}

    static void recorded(Handle transaction, Rating rating) {
        RatingRecorded.Builder recorded =
                RatingRecorded.newBuilder()
                        .setRatingId(rating.id())
                        .setProject(rating.project())
                        .setRater(rating.rater())
                        .setTime(ProtoTime.of(rating.createTime()));
        switch (rating.judgement()) {
            case Judgement.Pair pair ->
                    recorded.setPair(
                            PairRating.newBuilder()
                                    .setFirstCompletionId(pair.first())
                                    .setSecondCompletionId(pair.second())
                                    .setVerdict(RatingsEndpoint.verdict(pair.verdict()))
                                    .setFirstOnLeft(pair.firstOnLeft()));
            case Judgement.Thumb thumb ->
                    recorded.setThumb(
                            ThumbRating.newBuilder()
                                    .setCompletionId(thumb.completion())
                                    .setUp(thumb.up()));
        }
        Outgoing.append(
                transaction,
                Topic.RATINGS,
                Event.of(
                        "rating/" + rating.id(),
                        rating.judgement().completions().getFirst(),
                        RatingEvent.newBuilder().setRecorded(recorded).build(),
                        rating.createTime()));
    }
}
