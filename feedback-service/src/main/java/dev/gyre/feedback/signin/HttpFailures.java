package dev.gyre.feedback.signin;

import dev.gyre.access.Failure;
import dev.gyre.access.FailureException;
import io.quarkus.logging.Log;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.time.Duration;
import org.jboss.resteasy.reactive.server.ServerExceptionMapper;
import org.jspecify.annotations.Nullable;

/// Turns what an HTTP request ends with into a status and `{"error": {"message", "field"}}`, as
/// [dev.gyre.access.FailureInterceptor] does for gRPC.
public final class HttpFailures {
    /// The answer to a refused request.
    record Refusal(Reason error) {}

    /// @param message what is wrong, with the value, the limit and the remedy
    /// @param field name of the wrong field, where it is one
    record Reason(String message, @Nullable String field) {}

    /// A refusal with its own status.
    @ServerExceptionMapper
    public Response refused(FailureException refusal) {
        Failure failure = refusal.failure();
        Response.ResponseBuilder response =
                answer(
                        failure.httpStatus(),
                        failure.message(),
                        failure instanceof Failure.Invalid invalid ? invalid.field() : null);
        if (failure instanceof Failure.Busy busy) {
            response.header(HttpHeaders.RETRY_AFTER, roundedUpSeconds(busy.retryAfter()));
        }
        return response.build();
    }

    /// A value that a check of ours has refused.
    @ServerExceptionMapper
    public Response wrong(IllegalArgumentException wrong) {
        return answer(400, String.valueOf(wrong.getMessage()), null).build();
    }

    /// A defect: its details go to the log only.
    @ServerExceptionMapper
    public Response defect(IllegalStateException defect) {
        Log.error("an HTTP request failed", defect);
        return answer(500, "internal error; the service's log has the details", null).build();
    }

    private static Response.ResponseBuilder answer(
            int status, String message, @Nullable String field) {
        return Response.status(status)
                .type(MediaType.APPLICATION_JSON_TYPE)
                .entity(new Refusal(new Reason(message, field)));
    }

    private static long roundedUpSeconds(Duration wait) {
        return wait.plusMillis(999).toSeconds();
    }
}
