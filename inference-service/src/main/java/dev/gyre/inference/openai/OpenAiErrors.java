package dev.gyre.inference.openai;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.gyre.access.Failure;
import dev.gyre.access.FailureException;
import jakarta.ws.rs.WebApplicationException;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import org.jboss.logging.Logger;
import org.jboss.resteasy.reactive.server.ServerExceptionMapper;

/// Turns what a request ends with into the OpenAI API's errors.
final class OpenAiErrors {
    private static final Logger LOG = Logger.getLogger(OpenAiErrors.class);

    @ServerExceptionMapper
    Response refused(FailureException exception) {
        Failure failure = exception.failure();
        Response.ResponseBuilder response =
                Response.status(failure.httpStatus())
                        .type(MediaType.APPLICATION_JSON_TYPE)
                        .entity(OpenAiResponses.bytes(body(failure)));
        if (failure instanceof Failure.Busy(String _, var retryAfter)) {
            response.header("Retry-After", Math.max(1, retryAfter.toSeconds()));
        }
        if (failure instanceof Failure.Unauthenticated) {
            response.header("WWW-Authenticate", "Bearer");
        }
        return response.build();
    }

    /// Unknown paths, methods and media types.
    @ServerExceptionMapper
    Response refused(WebApplicationException exception) {
        int status = exception.getResponse().getStatus();
        return Response.status(status)
                .type(MediaType.APPLICATION_JSON_TYPE)
                .entity(
                        OpenAiResponses.bytes(
                                OpenAiResponses.error(
                                        "HTTP " + status + ": " + exception.getMessage(),
                                        "invalid_request_error",
                                        null,
                                        null)))
                .build();
    }

    @ServerExceptionMapper
    Response failed(RuntimeException exception) {
        LOG.error("a request failed", exception);
        return Response.status(500)
                .type(MediaType.APPLICATION_JSON_TYPE)
                .entity(
                        OpenAiResponses.bytes(
                                OpenAiResponses.error(
                                        "internal error; the service's log has the details",
                                        "server_error",
                                        null,
                                        null)))
                .build();
    }

    /// The error of a failure, for a response or for an event of a stream.
    static ObjectNode body(Failure failure) {
        return switch (failure) {
            case Failure.Invalid(String field, String message) ->
                    OpenAiResponses.error(message, "invalid_request_error", field, null);
            case Failure.NotFound(String message) ->
                    OpenAiResponses.error(
                            message, "invalid_request_error", "model", "model_not_found");
            case Failure.Conflict(String message) ->
                    OpenAiResponses.error(message, "invalid_request_error", null, null);
            case Failure.Unauthenticated(String message) ->
                    OpenAiResponses.error(
                            message, "invalid_request_error", null, "invalid_api_key");
            case Failure.Denied(String message) ->
                    OpenAiResponses.error(
                            message, "invalid_request_error", null, "permission_denied");
            case Failure.Busy(String message, var _) ->
                    OpenAiResponses.error(message, "rate_limit_error", null, "rate_limit_exceeded");
            case Failure.Unavailable(String message) ->
                    OpenAiResponses.error(message, "server_error", null, "unavailable");
        };
    }
}
