package dev.gyre.inference.openai;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.gyre.access.FailureException;
import dev.gyre.inference.completions.Completion;
import dev.gyre.inference.completions.Completions;
import dev.gyre.inference.models.Models;
import io.smallrye.common.annotation.RunOnVirtualThread;
import io.vertx.ext.web.RoutingContext;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.StreamingOutput;

/// The HTTP door: the OpenAI API, as far as it is supported; everything else is refused by name.
@Path("/v1")
@RunOnVirtualThread
public class OpenAiEndpoint {
    private final Caller callers;
    private final Models models;
    private final Completions completions;

    OpenAiEndpoint(Caller callers, Models models, Completions completions) {
        this.callers = callers;
        this.models = models;
        this.completions = completions;
    }

    @GET
    @Path("/models")
    public Response models(@Context HttpHeaders headers) {
        Caller.Asking caller = callers.verify(headers);
        ObjectNode list = JsonNodeFactory.instance.objectNode().put("object", "list");
        ArrayNode data = list.putArray("data");
        models.served(caller.project()).forEach(line -> data.add(model(line)));
        return json(list);
    }

    @GET
    @Path("/models/{name}")
    public Response model(@Context HttpHeaders headers, @PathParam("name") String name) {
        Caller.Asking caller = callers.verify(headers);
        return models.served(caller.project()).stream()
                .filter(line -> line.name().equals(name))
                .findFirst()
                .map(line -> json(model(line)))
                .orElseThrow(
                        () ->
                                FailureException.notFound(
                                        "there is no model "
                                                + name
                                                + " in project "
                                                + caller.project()));
    }

    @POST
    @Path("/completions")
    @Consumes(MediaType.APPLICATION_JSON)
    public Response completions(
            @Context HttpHeaders headers, @Context RoutingContext call, byte[] body) {
        Caller.Asking caller = callers.verify(headers);
        return answer(caller, OpenAiRequest.completions(body), false, call);
    }

    @POST
    @Path("/chat/completions")
    @Consumes(MediaType.APPLICATION_JSON)
    public Response chat(@Context HttpHeaders headers, @Context RoutingContext call, byte[] body) {
        Caller.Asking caller = callers.verify(headers);
        return answer(caller, OpenAiRequest.chat(body), true, call);
    }

    private Response answer(
            Caller.Asking caller, OpenAiRequest request, boolean chat, RoutingContext call) {
        Completion completion =
                completions.start(caller.identity(), caller.project(), request.completion());
        // a client that goes away ends the answer; after the response's end this does nothing
        call.addEndHandler(_ -> completion.cancel());
        OpenAiResponses responses = new OpenAiResponses(completion, request, chat);
        if (!request.stream()) {
            return json(responses.whole(completion.await()));
        }
        StreamingOutput stream =
                out -> new EventStream(out).send(completion, request, chat, responses);
        return Response.ok(stream, "text/event-stream; charset=utf-8")
                .header("Cache-Control", "no-cache")
                .header("X-Accel-Buffering", "no")
                .build();
    }

    private static ObjectNode model(Models.ServedLine line) {
        ObjectNode model =
                JsonNodeFactory.instance
                        .objectNode()
                        .put("id", line.name())
                        .put("object", "model")
                        .put("created", 0)
                        .put("owned_by", "gyre");
        model.putObject("gyre")
                .put("model_version", line.model().version().toString())
                .put("release_epoch", line.releaseEpoch())
                .put("context_length", line.model().contextLength())
                .put("variant", line.model().variant());
        return model;
    }

    private static Response json(ObjectNode body) {
        return Response.ok(OpenAiResponses.bytes(body), MediaType.APPLICATION_JSON_TYPE).build();
    }
}
