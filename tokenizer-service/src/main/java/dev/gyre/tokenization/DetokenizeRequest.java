package dev.gyre.tokenization;

import com.fasterxml.jackson.databind.JsonNode;

/// A request to `/detokenize`.
///
/// @param model the tokenizer: `name` or `name@version`
record DetokenizeRequest(String model, int[] tokens) {
    static DetokenizeRequest parse(byte[] body) {
        RequestFields fields = RequestFields.parse(body);
        fields.allow("model", "tokens");
        JsonNode list = fields.list("tokens");
        int[] tokens = new int[list.size()];
        for (int i = 0; i < tokens.length; i++) {
            JsonNode token = list.get(i);
            if (!token.isIntegralNumber() || !token.canConvertToInt()) {
                throw fields.refused("tokens[%d]".formatted(i), "must be a token id");
            }
            tokens[i] = token.intValue();
        }
        return new DetokenizeRequest(fields.text("model"), tokens);
    }
}
