package dev.gyre.cli.client;

import dev.gyre.cli.machine.GyreHome;
import dev.gyre.cli.terminal.Table;
import dev.gyre.proto.tokenizer.v1.EncodeRequest;
import dev.gyre.proto.tokenizer.v1.EncodeResponse;
import dev.gyre.proto.tokenizer.v1.ListTokenizersRequest;
import dev.gyre.proto.tokenizer.v1.TokenSpan;
import dev.gyre.proto.tokenizer.v1.Tokenizer;
import dev.gyre.tokenizer.formats.Vocabularies;
import io.grpc.StatusException;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// `gyre tokenize`.
public final class TokenizeCommand {
    private final GyreHome home;
    private final PrintStream out;

    /// @param out takes the answer
    public TokenizeCommand(GyreHome home, PrintStream out) {
        this.home = home;
        this.out = out;
    }

    /// Encodes a text and prints its tokens.
    ///
    /// @param text the text; `null` for standard input
    /// @param name the tokenizer; empty for one's own, or cl100k_base where there is none
    public void run(
            @Nullable String text,
            String name,
            boolean allowSpecialTokens,
            boolean addSpecialTokens,
            boolean idsOnly)
            throws StatusException, IOException {
        String given = text == null ? TextReader.whole(Path.of("-")) : text;
        try (Services services = Services.of(home)) {
            EncodeResponse encoded =
                    services.tokenizer()
                            .encode(
                                    EncodeRequest.newBuilder()
                                            .setTokenizer(
                                                    name.isEmpty() ? ownOrBuiltIn(services) : name)
                                            .setText(given)
                                            .setAllowSpecialTokens(allowSpecialTokens)
                                            .setAddSpecialTokens(addSpecialTokens)
                                            .setReturnTokens(!idsOnly)
                                            .build());
            if (idsOnly || addSpecialTokens) {
                out.println(
                        encoded.getTokenIdsList().stream()
                                .map(Object::toString)
                                .collect(Collectors.joining(" ")));
            }
            if (!idsOnly) {
                if (!addSpecialTokens) {
                    print(encoded);
                }
                out.println(
                        "%d tokens, %s"
                                .formatted(encoded.getTokenIdsCount(), encoded.getTokenizer()));
            }
        }
    }

    private void print(EncodeResponse encoded) {
        Table table = new Table("ID", "TOKEN", "CHARACTERS", "BYTES");
        for (int i = 0; i < encoded.getTokensCount(); i++) {
            TokenSpan token = encoded.getTokens(i);
            table.add(
                    Integer.toString(encoded.getTokenIds(i)),
                    token.getToken(),
                    token.getStartCodePoint() + "–" + token.getEndCodePoint(),
                    token.getStartByte() + "–" + token.getEndByte());
        }
        out.print(table);
    }

    /// A tokenizer of one's own, else a built-in one.
    private static String ownOrBuiltIn(Services services) throws StatusException {
        return services
                .tokenizer()
                .listTokenizers(ListTokenizersRequest.getDefaultInstance())
                .getTokenizersList()
                .stream()
                .filter(tokenizer -> !tokenizer.getVersion().equals(Vocabularies.VERSION))
                .map(Tokenizer::getName)
                .reduce("cl100k_base", (_, last) -> last);
    }
}
