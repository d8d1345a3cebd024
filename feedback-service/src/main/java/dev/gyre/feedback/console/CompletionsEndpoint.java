package dev.gyre.feedback.console;

import dev.gyre.access.FailureException;
import dev.gyre.access.Identity;
import dev.gyre.feedback.completions.Completion;
import dev.gyre.feedback.completions.CompletionStore;
import dev.gyre.feedback.platform.Names;
import dev.gyre.feedback.signin.Caller;
import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.ws.rs.DefaultValue;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.MediaType;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jdbi.v3.core.Jdbi;

/// Answers as people read them, and prompts to draw from.
@Path("/console")
public final class CompletionsEndpoint {
    /// Completions that are looked through for prompts, and prompts given at most.
    private static final int RECENT_COMPLETIONS = 400;

    private static final int RECENT_PROMPTS = 50;

    private final Jdbi database;
    private final CompletionStore completions;
    private final Caller caller;

    CompletionsEndpoint(Jdbi database, CompletionStore completions, Caller caller) {
        this.database = database;
        this.completions = completions;
        this.caller = caller;
    }

    /// @param model version that answered, as `name@version`
    /// @param prompt prompt as text; a conversation as `role: content` lines; empty for token ids
    /// @param finishReason `stop`, `length` or `cancelled`
    /// @param finishTime when it ended, ISO 8601
    record CompletionView(
            String id,
            String releaseLine,
            String model,
            String variant,
            String prompt,
            String answer,
            int tokens,
            String finishReason,
            String finishTime) {
        static CompletionView of(Completion completion) {
            return new CompletionView(
                    completion.id(),
                    completion.releaseLine(),
                    completion.model().name() + "@" + completion.model().version(),
                    completion.variant(),
                    completion.promptText(),
                    completion.answerText(),
                    completion.answerIds().size(),
                    completion.finishReason().word(),
                    completion.finishTime().toString());
        }
    }

    /// Reads an answer; for everybody of its project.
    @GET
    @Path("/completions/{id}")
    @Produces(MediaType.APPLICATION_JSON)
    @RunOnVirtualThread
    public CompletionView completion(@PathParam("id") String id) {
        Identity reader = caller.identity();
        return database.withHandle(
                        handle -> completions.find(handle, Names.id("completion_id", id)))
                .filter(found -> reader.mayUse(found.project()))
                .map(CompletionView::of)
                .orElseThrow(() -> FailureException.notFound("there is no completion " + id));
    }

    /// Prompts of one turn that were asked lately in a project, newest first, each once.
    @GET
    @Path("/prompts")
    @Produces(MediaType.APPLICATION_JSON)
    @RunOnVirtualThread
    public List<String> prompts(@QueryParam("project") @DefaultValue("") String project) {
        String where = caller.identity().project(project);
        List<byte[]> texts =
                database.withHandle(
                        handle ->
                                handle.createQuery(
                                                """
                                                select prompt_text from completion
                                                where project = :project
                                                order by finish_time desc limit :limit
                                                """)
                                        .bind("project", where)
                                        .bind("limit", RECENT_COMPLETIONS)
                                        .mapTo(byte[].class)
                                        .list());
        Set<String> prompts = new LinkedHashSet<>();
        for (byte[] text : texts) {
            String prompt = singleTurn(new String(text, StandardCharsets.UTF_8));
            if (!prompt.isEmpty() && prompts.size() < RECENT_PROMPTS) {
                prompts.add(prompt);
            }
        }
        return List.copyOf(prompts);
    }

    /// The user's words where the prompt is a conversation of that one turn; else empty.
    private static String singleTurn(String prompt) {
        String opening = "user: ";
        return prompt.startsWith(opening) && !prompt.contains("\nassistant: ")
                ? prompt.substring(opening.length()).strip()
                : "";
    }
}
