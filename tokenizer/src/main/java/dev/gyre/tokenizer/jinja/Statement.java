package dev.gyre.tokenizer.jinja;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// A part of a template's body.
sealed interface Statement {
    record Text(String text) implements Statement {}

    record Output(Expression value, int line) implements Statement {}

    record If(Expression condition, List<Statement> then, List<Statement> otherwise, int line)
            implements Statement {}

    record For(
            List<String> targets,
            Expression items,
            @Nullable Expression condition,
            List<Statement> body,
            List<Statement> otherwise,
            int line)
            implements Statement {}

    /// `{% set a = … %}`, `{% set a, b = … %}`.
    record Set(List<String> targets, Expression value, int line) implements Statement {}

    /// `{% set object.attribute = … %}`, for namespaces.
    record SetAttribute(String object, String attribute, Expression value, int line)
            implements Statement {}

    /// `{% set name %}…{% endset %}`.
    record SetBlock(String target, List<Statement> body, int line) implements Statement {}

    /// @param defaults of the last parameters
    record Macro(
            String name, List<String> parameters, List<Expression> defaults, List<Statement> body)
            implements Statement {}

    record Break() implements Statement {}

    record Continue() implements Statement {}
}
