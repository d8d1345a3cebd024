package dev.gyre.tokenization;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.gyre.access.Failure;
import dev.gyre.access.FailureException;
import io.quarkus.logging.Log;
import jakarta.ws.rs.WebApplicationException;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import org.jboss.resteasy.reactive.server.ServerExceptionMapper;
import org.jspecify.annotations.Nullable;

/// Turns what a request ends with into `{"error": {"message", "type", "param", "code"}}`, as the
/// OpenAI API and vLLM have it.
final class HttpErrors {
    @ServerExceptionMapper
    Response refused(FailureException exception) {
        Failure failure = exception.failure();
        String param = failure instanceof Failure.Invalid(String field, String _) ? field : null;
        Response.ResponseBuilder response =
                response(failure.httpStatus(), failure.message(), param);
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
        return response(status, "HTTP " + status + ": " + exception.getMessage(), null).build();
    }

    @ServerExceptionMapper
    Response failed(RuntimeException exception) {
        Log.error("a request failed", exception);
        return response(500, "internal error; the service's log has the details", null).build();
    }

    private static Response.ResponseBuilder response(
            int status, String message, @Nullable String param) {
        ObjectNode error =
                JsonNodeFactory.instance
                        .objectNode()
                        .put("message", message)
                        .put("type", status < 500 ? "invalid_request_error" : "server_error")
                        .put("param", param)
                        .put("code", status);
        return Response.status(status)
                .type(MediaType.APPLICATION_JSON_TYPE)
                .entity(JsonNodeFactory.instance.objectNode().set("error", error).toString());
    }
}
