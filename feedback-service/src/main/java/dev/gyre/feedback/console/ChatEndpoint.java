package dev.gyre.feedback.console;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.util.JsonFormat;
import dev.gyre.access.FailureException;
import dev.gyre.access.Identity;
import dev.gyre.access.Role;
import dev.gyre.feedback.signin.Caller;
import dev.gyre.proto.inference.v1.GenerateRequest;
import dev.gyre.proto.inference.v1.Model;
import io.smallrye.common.annotation.Blocking;
import io.smallrye.common.annotation.RunOnVirtualThread;
import io.smallrye.mutiny.Multi;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.DefaultValue;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.sse.OutboundSseEvent;
import jakarta.ws.rs.sse.Sse;
import java.util.List;

/// What the console's chat and comparison need: who I am, the models, and answers as they grow.
@Path("/console")
public final class ChatEndpoint {
    /// Characters of a request: a conversation that fills the longest context has fewer.
    private static final int MAX_BODY_CHARACTERS = 1 << 20;

    private final Inference inference;
    private final Caller caller;

    ChatEndpoint(Inference inference, Caller caller) {
        this.inference = inference;
        this.caller = caller;
    }

    /// @param subject name of the person
    /// @param roles roles as in tokens
    /// @param projects projects; `*` is every one
    /// @param project the one that is meant when none is named
    record Me(String subject, List<String> roles, List<String> projects, String project) {}

    /// The caller.
    @GET
    @Path("/me")
    @Produces(MediaType.APPLICATION_JSON)
    public Me me() {
        Identity me = caller.identity();
        return new Me(
                me.subject(),
                me.roles().stream().map(Role::claim).sorted().toList(),
                me.projects(),
                me.project(""));
    }

    /// @param name name to use in requests: a release line
    /// @param version version that answers now
    /// @param contextLength longest prompt and answer together, in tokens
    /// @param variant what is loaded, for example `int8`
    record ModelView(String name, String version, int contextLength, String variant) {
        static ModelView of(Model model) {
            return new ModelView(
                    model.getName(),
                    model.getVersion(),
                    model.getContextLength(),
                    model.getVariant());
        }
    }

    /// Models of a project.
    @GET
    @Path("/models")
    @Produces(MediaType.APPLICATION_JSON)
    @RunOnVirtualThread
    public List<ModelView> models(@QueryParam("project") @DefaultValue("") String project) {
        Identity person = caller.identity();
        return inference.models(person, person.project(project)).stream()
                .map(ModelView::of)
                .toList();
    }

    /// Generates an answer and sends it as it grows; closing the connection ends the generation.
    ///
    /// @param blind whether the answering version is kept back, for a comparison
    /// @param body `gyre.inference.v1.GenerateRequest` as protobuf JSON
    @POST
    @Path("/chat")
    @Consumes(MediaType.APPLICATION_JSON)
    @Produces(MediaType.SERVER_SENT_EVENTS)
    @Blocking // for the filter's look into the database; the answer has its own thread
    public Multi<OutboundSseEvent> chat(
            @QueryParam("project") @DefaultValue("") String project,
            @QueryParam("blind") boolean blind,
            String body,
            @Context Sse sse) {
        Identity person = caller.identity();
        person.checkRole(Role.RATER, Role.OPERATOR, Role.SERVICE);
        String where = person.project(project);
        GenerateRequest request = parse(body);
        return Multi.createFrom()
                .emitter(
                        events ->
                                new AnswerStream(events, sse, blind)
                                        .start(
                                                parts ->
                                                        inference.stream(
                                                                person, where, request, parts)));
    }

    private static GenerateRequest parse(String body) {
        if (body.length() > MAX_BODY_CHARACTERS) {
            throw FailureException.invalid(
                    "request",
                    "the request has "
                            + body.length()
                            + " characters, the limit is "
                            + MAX_BODY_CHARACTERS
                            + "; begin a new conversation");
        }
        GenerateRequest.Builder request = GenerateRequest.newBuilder();
        try {
            JsonFormat.parser().merge(body, request);
        } catch (InvalidProtocolBufferException malformed) {
            throw FailureException.invalid(
                    "request", "the request is not readable: " + malformed.getMessage());
        }
        return request.build();
    }
}
