package dev.gyre.feedback.ratings;

import dev.gyre.access.FailureException;
import dev.gyre.access.Identity;
import dev.gyre.access.Role;
import dev.gyre.events.ProtoTime;
import dev.gyre.feedback.platform.Page;
import dev.gyre.proto.feedback.v1.ListRatingsRequest;
import dev.gyre.proto.feedback.v1.ListRatingsResponse;
import dev.gyre.proto.feedback.v1.PairRating;
import dev.gyre.proto.feedback.v1.RecordRatingRequest;
import dev.gyre.proto.feedback.v1.RecordRatingResponse;
import dev.gyre.proto.feedback.v1.ThumbRating;
import jakarta.inject.Singleton;

/// The rpc of ratings.
@Singleton
public final class RatingsEndpoint {
    private final Ratings ratings;

    /// @param ratings the ledger
    public RatingsEndpoint(Ratings ratings) {
        this.ratings = ratings;
    }

    /// Records a rating; for raters.
    public RecordRatingResponse record(RecordRatingRequest request, Identity caller) {
        caller.checkRole(Role.RATER, Role.OPERATOR, Role.SERVICE);
        Rating rating =
                ratings.record(
                        request.getRatingId(),
                        caller.project(request.getProject()),
                        judgement(request),
                        caller.subject());
        return RecordRatingResponse.newBuilder().setRating(message(rating)).build();
    }

    /// Lists ratings; for everybody of the project.
    public ListRatingsResponse list(ListRatingsRequest request, Identity caller) {
        Page<Rating> page =
                ratings.list(
                        caller.project(request.getProject()),
                        Page.Wanted.of(request.getPageSize(), request.getPageToken()));
        ListRatingsResponse.Builder response = ListRatingsResponse.newBuilder();
        page.items().forEach(rating -> response.addRatings(message(rating)));
        return response.setNextPageToken(page.nextToken()).build();
    }

    private static Judgement judgement(RecordRatingRequest request) {
        return switch (request.getKindCase()) {
            case PAIR ->
                    new Judgement.Pair(
                            request.getPair().getFirstCompletionId(),
                            request.getPair().getSecondCompletionId(),
                            verdict(request.getPair()),
                            request.getPair().getFirstOnLeft(),
                            request.getPair().getRemark());
            case THUMB ->
                    new Judgement.Thumb(
                            request.getThumb().getCompletionId(), request.getThumb().getUp());
            case KIND_NOT_SET ->
                    throw FailureException.invalid("kind", "set pair or thumb: what is judged");
        };
    }

    private static dev.gyre.proto.feedback.v1.Rating message(Rating rating) {
        dev.gyre.proto.feedback.v1.Rating.Builder message =
                dev.gyre.proto.feedback.v1.Rating.newBuilder()
                        .setId(rating.id())
                        .setProject(rating.project())
                        .setRater(rating.rater())
                        .setParked(rating.state() == RatingState.PARKED)
                        .setInvalidReason(rating.invalidReason())
                        .setCreateTime(ProtoTime.of(rating.createTime()));
        switch (rating.judgement()) {
            case Judgement.Pair pair ->
                    message.setPair(
                            PairRating.newBuilder()
                                    .setFirstCompletionId(pair.first())
                                    .setSecondCompletionId(pair.second())
                                    .setVerdict(verdict(pair.verdict()))
                                    .setFirstOnLeft(pair.firstOnLeft())
                                    .setRemark(pair.remark()));
            case Judgement.Thumb thumb ->
                    message.setThumb(
                            ThumbRating.newBuilder()
                                    .setCompletionId(thumb.completion())
                                    .setUp(thumb.up()));
        }
        return message.build();
    }

    private static PairVerdict verdict(PairRating pair) {
        return switch (pair.getVerdict()) {
            case PAIR_VERDICT_FIRST_MUCH_BETTER -> PairVerdict.FIRST_MUCH_BETTER;
            case PAIR_VERDICT_FIRST_BETTER -> PairVerdict.FIRST_BETTER;
            case PAIR_VERDICT_TIE -> PairVerdict.TIE;
            case PAIR_VERDICT_SECOND_BETTER -> PairVerdict.SECOND_BETTER;
            case PAIR_VERDICT_SECOND_MUCH_BETTER -> PairVerdict.SECOND_MUCH_BETTER;
            case PAIR_VERDICT_BOTH_BAD -> PairVerdict.BOTH_BAD;
            case PAIR_VERDICT_SKIPPED -> PairVerdict.SKIPPED;
            case PAIR_VERDICT_UNSPECIFIED, UNRECOGNIZED ->
                    throw FailureException.invalid(
                            "pair.verdict",
                            "pair.verdict is "
                                    + pair.getVerdictValue()
                                    + ", it must be one of the named verdicts, 1 to 7");
        };
    }

    static dev.gyre.proto.feedback.v1.PairVerdict verdict(PairVerdict verdict) {
        return switch (verdict) {
            case FIRST_MUCH_BETTER ->
                    dev.gyre.proto.feedback.v1.PairVerdict.PAIR_VERDICT_FIRST_MUCH_BETTER;
            case FIRST_BETTER -> dev.gyre.proto.feedback.v1.PairVerdict.PAIR_VERDICT_FIRST_BETTER;
            case TIE -> dev.gyre.proto.feedback.v1.PairVerdict.PAIR_VERDICT_TIE;
            case SECOND_BETTER -> dev.gyre.proto.feedback.v1.PairVerdict.PAIR_VERDICT_SECOND_BETTER;
            case SECOND_MUCH_BETTER ->
                    dev.gyre.proto.feedback.v1.PairVerdict.PAIR_VERDICT_SECOND_MUCH_BETTER;
            case BOTH_BAD -> dev.gyre.proto.feedback.v1.PairVerdict.PAIR_VERDICT_BOTH_BAD;
            case SKIPPED -> dev.gyre.proto.feedback.v1.PairVerdict.PAIR_VERDICT_SKIPPED;
        };
    }
}
