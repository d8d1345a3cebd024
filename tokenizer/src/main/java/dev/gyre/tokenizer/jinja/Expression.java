package dev.gyre.tokenizer.jinja;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// Something in a template that has a value.
sealed interface Expression {
    record Constant(@Nullable Object value) implements Expression {}

    record Name(String name) implements Expression {}

    record ListOf(List<Expression> items) implements Expression {}

    record DictOf(List<Expression> keys, List<Expression> values) implements Expression {}

    /// `object.name`: an attribute or method first, then an entry.
    record Attribute(Expression object, String name) implements Expression {}

    /// `object[key]`: an entry first.
    record Item(Expression object, Expression key) implements Expression {}

    record Slice(
            Expression object,
            @Nullable Expression start,
            @Nullable Expression stop,
            @Nullable Expression step)
            implements Expression {}

    record Call(Expression function, Arguments arguments) implements Expression {}

    record Filter(Expression value, String name, Arguments arguments) implements Expression {}

    record Test(Expression value, String name, Arguments arguments) implements Expression {}

    record Not(Expression value) implements Expression {}

    record Negate(Expression value) implements Expression {}

    record And(Expression left, Expression right) implements Expression {}

    record Or(Expression left, Expression right) implements Expression {}

    record Binary(String operator, Expression left, Expression right) implements Expression {}

    /// `a < b <= c`: every comparison must hold.
    record Compare(Expression first, List<String> operators, List<Expression> others)
            implements Expression {}

    record Conditional(Expression condition, Expression then, @Nullable Expression otherwise)
            implements Expression {}

    /// What stands between the parentheses of a call.
    record Arguments(List<Expression> positional, List<String> names, List<Expression> named) {
        static final Arguments NONE = new Arguments(List.of(), List.of(), List.of());
    }
}
