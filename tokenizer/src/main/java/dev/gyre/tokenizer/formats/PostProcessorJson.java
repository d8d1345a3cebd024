package dev.gyre.tokenizer.formats;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.gyre.tokenizer.pipeline.PostProcessor;
import dev.gyre.tokenizer.pipeline.PostProcessor.Part;
import dev.gyre.tokenizer.pipeline.PostProcessor.Special;
import dev.gyre.tokenizer.pipeline.PostProcessor.Text;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntFunction;

/// `post_processor` in tokenizer.json. The types of BERT and RoBERTa are read as the templates that
/// they stand for.
final class PostProcessorJson {
    private PostProcessorJson() {}

    static PostProcessor read(JsonFields object) {
        PostProcessor whole = PostProcessor.NONE;
        for (JsonFields step : TokenizerJsonReader.steps(object, "processors")) {
            PostProcessor next = readStep(step);
            boolean around = !next.specials().isEmpty();
            if (around && !whole.specials().isEmpty()) {
                throw step.unsupported("type", step.text("type") + " after another template");
            }
            PostProcessor parts = around ? next : whole;
            whole =
                    new PostProcessor(
                            parts.single(),
                            parts.pair(),
                            whole.trimsOffsets() || next.trimsOffsets(),
                            whole.addPrefixSpace() || next.addPrefixSpace());
        }
        return whole;
    }

    private static PostProcessor readStep(JsonFields step) {
        String type = step.text("type");
        return switch (type) {
            case "ByteLevel" -> {
                step.allow("type", "add_prefix_space", "trim_offsets", "use_regex");
                yield step.flag("trim_offsets", true)
                        ? PostProcessor.NONE.trimming(step.flag("add_prefix_space", true))
                        : PostProcessor.NONE;
            }
            case "TemplateProcessing" -> readTemplate(step);
            case "BertProcessing" -> {
                step.allow("type", "sep", "cls");
                Special separator = readToken(step, "sep");
                yield PostProcessor.bert(readToken(step, "cls"), separator);
            }
            case "RobertaProcessing" -> {
                step.allow("type", "sep", "cls", "trim_offsets", "add_prefix_space");
                Special separator = readToken(step, "sep");
                Special start = readToken(step, "cls");
                List<Part> single = List.of(start, new Text(0, 0), separator);
                List<Part> pair = new ArrayList<>(single);
                pair.addAll(List.of(separator, new Text(1, 0), separator));
                PostProcessor parts = new PostProcessor(single, pair, false, false);
                yield step.flag("trim_offsets", true)
                        ? parts.trimming(step.flag("add_prefix_space", true))
                        : parts;
            }
            default -> throw step.unsupported("type", type);
        };
    }

    /// `["[SEP]", 102]`
    private static Special readToken(JsonFields step, String field) {
        JsonNode token = step.array(field);
        if (token.size() != 2 || !token.get(0).isTextual() || !token.get(1).canConvertToInt()) {
            throw step.unsupported(field, token.toString());
        }
        return new Special(token.get(0).textValue(), List.of(token.get(1).intValue()), 0);
    }

    private static PostProcessor readTemplate(JsonFields template) {
        template.allow("type", "single", "pair", "special_tokens");
        return new PostProcessor(
                readParts(template, "single"), readParts(template, "pair"), false, false);
    }

    private static List<Part> readParts(JsonFields template, String field) {
        List<Part> parts = new ArrayList<>();
        for (JsonFields part : template.objects(field)) {
            part.allow("Sequence", "SpecialToken");
            if (!part.isNull("Sequence")) {
                JsonFields sequence = part.object("Sequence");
                sequence.only("id", "\"A\"", "\"B\"");
                parts.add(
                        new Text(
                                sequence.text("id").equals("A") ? 0 : 1,
                                sequence.integer("type_id", 0)));
            } else {
                JsonFields special = part.object("SpecialToken");
                String name = special.text("id");
                parts.add(
                        new Special(
                                name,
                                readIds(template.object("special_tokens").object(name)),
                                special.integer("type_id", 0)));
            }
        }
        return parts;
    }

    private static List<Integer> readIds(JsonFields token) {
        List<Integer> ids = new ArrayList<>();
        for (JsonNode id : token.array("ids")) {
            if (!id.canConvertToInt() || !id.isIntegralNumber()) {
                throw token.unsupported("ids", id.toString());
            }
            ids.add(id.intValue());
        }
        return ids;
    }

    /// @param spelling text of each id
    static JsonNode write(
            ObjectMapper json, PostProcessor postProcessor, IntFunction<String> spelling) {
        List<ObjectNode> steps = new ArrayList<>();
        if (postProcessor.trimsOffsets()) {
            steps.add(
                    PreTokenizerJson.byteLevel(
                            json.createObjectNode(), postProcessor.addPrefixSpace(), true, true));
        }
        boolean plain =
                postProcessor.single().equals(PostProcessor.NONE.single())
                        && postProcessor.pair().equals(PostProcessor.NONE.pair());
        if (!plain) {
            steps.add(writeTemplate(json, postProcessor, spelling));
        }
        if (steps.isEmpty()) {
            return JsonNodeFactory.instance.nullNode();
        }
        if (steps.size() == 1) {
            return steps.getFirst();
        }
        ObjectNode sequence = json.createObjectNode().put("type", "Sequence");
        sequence.putArray("processors").addAll(steps);
        return sequence;
    }

    private static ObjectNode writeTemplate(
            ObjectMapper json, PostProcessor postProcessor, IntFunction<String> spelling) {
        ObjectNode template = json.createObjectNode().put("type", "TemplateProcessing");
        ObjectNode specialTokens = json.createObjectNode();
        writeParts(template.putArray("single"), postProcessor.single());
        writeParts(template.putArray("pair"), postProcessor.pair());
        for (Special special : postProcessor.specials()) {
            ObjectNode token = specialTokens.putObject(special.name());
            token.put("id", special.name());
            ArrayNode ids = token.putArray("ids");
            ArrayNode tokens = token.putArray("tokens");
            for (int id : special.ids()) {
                ids.add(id);
                tokens.add(spelling.apply(id));
            }
        }
        template.set("special_tokens", specialTokens);
        return template;
    }

    private static void writeParts(ArrayNode list, List<Part> parts) {
        for (Part part : parts) {
            switch (part) {
                case Text(int index, int typeId) ->
                        list.addObject()
                                .putObject("Sequence")
                                .put("id", index == 0 ? "A" : "B")
                                .put("type_id", typeId);
                case Special special ->
                        list.addObject()
                                .putObject("SpecialToken")
                                .put("id", special.name())
                                .put("type_id", special.typeId());
            }
        }
    }
}
