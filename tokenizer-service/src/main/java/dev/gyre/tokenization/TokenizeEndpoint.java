package dev.gyre.tokenization;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.gyre.access.TokenVerifier;
import dev.gyre.tokenizer.SpecialTokens;
import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;

/// The HTTP door: `/tokenize` and `/detokenize` in vLLM's shape. What is not supported is refused
/// by name.
@Path("/")
@RunOnVirtualThread
@Consumes(MediaType.APPLICATION_JSON)
@Produces(MediaType.APPLICATION_JSON)
public class TokenizeEndpoint {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final TokenVerifier verifier;
    private final TokenizerStore tokenizers;
    private final Tokenization tokenization;

    TokenizeEndpoint(TokenVerifier verifier, TokenizerStore tokenizers, Tokenization tokenization) {
        this.verifier = verifier;
        this.tokenizers = tokenizers;
        this.tokenization = tokenization;
    }

    @POST
    @Path("tokenize")
    public byte[] tokenize(@Context HttpHeaders headers, byte[] body) {
        verifier.authenticate(headers.getHeaderString(HttpHeaders.AUTHORIZATION));
        TokenizeRequest request = TokenizeRequest.parse(body);
        StoredTokenizer tokenizer = tokenizers.find(request.model());
        int[] ids =
                switch (request) {
                    case TokenizeRequest.OfPrompt prompt ->
                            tokenization.encode(
                                    tokenizer,
                                    prompt.prompt(),
                                    prompt.allowSpecialTokens()
                                            ? SpecialTokens.AS_CONTROL
                                            : SpecialTokens.AS_TEXT,
                                    prompt.addSpecialTokens(),
                                    "prompt");
                    case TokenizeRequest.OfMessages chat ->
                            tokenization.encode(
                                    tokenizer,
                                    chat.messages(),
                                    chat.addGenerationPrompt(),
                                    chat.variables());
                };
        return write(
                json -> {
                    json.writeNumberField("count", ids.length);
                    Integer contextTokens = tokenizer.contextTokens();
                    if (contextTokens == null) {
                        json.writeNullField("max_model_len");
                    } else {
                        json.writeNumberField("max_model_len", contextTokens);
                    }
                    json.writeFieldName("tokens");
                    json.writeArray(ids, 0, ids.length);
                    if (request.returnTokenStrings()) {
                        json.writeArrayFieldStart("token_strs");
                        for (int id : ids) {
                            json.writeString(tokenizer.tokenizer().token(id));
                        }
                        json.writeEndArray();
                    } else {
                        json.writeNullField("token_strs");
                    }
                });
    }

    @POST
    @Path("detokenize")
    public byte[] detokenize(@Context HttpHeaders headers, byte[] body) {
        verifier.authenticate(headers.getHeaderString(HttpHeaders.AUTHORIZATION));
        DetokenizeRequest request = DetokenizeRequest.parse(body);
        StoredTokenizer tokenizer = tokenizers.find(request.model());
        String text = tokenization.decode(tokenizer, request.tokens(), false, "tokens");
        return write(json -> json.writeStringField("prompt", text));
    }

    private interface Fields {
        void write(JsonGenerator json) throws IOException;
    }

    private static byte[] write(Fields fields) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (JsonGenerator json = JSON.createGenerator(out)) {
            json.writeStartObject();
            fields.write(json);
            json.writeEndObject();
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible);
        }
        return out.toByteArray();
    }
}
