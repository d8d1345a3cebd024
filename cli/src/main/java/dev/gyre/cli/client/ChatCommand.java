package dev.gyre.cli.client;

import dev.gyre.cli.machine.CliException;
import dev.gyre.cli.machine.GyreHome;
import dev.gyre.proto.inference.v1.Chat;
import dev.gyre.proto.inference.v1.ChatMessage;
import dev.gyre.proto.inference.v1.GenerateRequest;
import dev.gyre.proto.inference.v1.ListModelsRequest;
import dev.gyre.proto.inference.v1.Model;
import dev.gyre.proto.inference.v1.Prompt;
import dev.gyre.proto.inference.v1.SamplingParameters;
import dev.gyre.proto.inference.v1.StreamGenerateRequest;
import dev.gyre.proto.inference.v1.StreamGenerateResponse;
import io.grpc.StatusException;
import io.grpc.stub.BlockingClientCall;
import java.io.PrintStream;
import java.util.List;

/// `gyre chat`: one question, the answer as it grows.
public final class ChatCommand {
    private final GyreHome home;
    private final PrintStream out;

    /// @param out takes the answer
    public ChatCommand(GyreHome home, PrintStream out) {
        this.home = home;
        this.out = out;
    }

    /// Asks and prints.
    ///
    /// @param text what the person says
    /// @param model release line or `name@version`; empty: the first one that is served
    /// @param plain whether the text is continued as it is, without a chat template
    /// @param sampling how tokens are chosen
    /// @throws CliException if no model is served
    public void ask(String text, String model, boolean plain, SamplingParameters sampling)
            throws StatusException, InterruptedException {
        try (Services services = Services.of(home)) {
            GenerateRequest request =
                    GenerateRequest.newBuilder()
                            .setModel(model.isEmpty() ? firstModel(services) : model)
                            .setPrompt(prompt(text, plain))
                            .setSampling(sampling)
                            .build();
            BlockingClientCall<?, StreamGenerateResponse> answer =
                    services.inference()
                            .streamGenerate(
                                    StreamGenerateRequest.newBuilder().setRequest(request).build());
            while (answer.hasNext()) {
                out.print(answer.read().getText());
                out.flush();
            }
            out.println();
        }
    }

    private static Prompt prompt(String text, boolean plain) {
        if (plain) {
            return Prompt.newBuilder().setText(text).build();
        }
        return Prompt.newBuilder()
                .setChat(
                        Chat.newBuilder()
                                .addMessages(
                                        ChatMessage.newBuilder().setRole("user").setContent(text)))
                .build();
    }

    private static String firstModel(Services services) throws StatusException {
        List<Model> models =
                services.inference()
                        .listModels(ListModelsRequest.getDefaultInstance())
                        .getModelsList();
        if (models.isEmpty()) {
            throw new CliException(
                    "no model is served yet; './gyre jobs list' shows whether one is being made");
        }
        return models.getFirst().getName();
    }
}
