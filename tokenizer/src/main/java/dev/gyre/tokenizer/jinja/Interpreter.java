package dev.gyre.tokenizer.jinja;

import dev.gyre.tokenizer.jinja.Expression.Arguments;
import dev.gyre.tokenizer.jinja.Values.CallArguments;
import dev.gyre.tokenizer.jinja.Values.Callable;
import dev.gyre.tokenizer.jinja.Values.Undefined;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Works out expressions.
final class Interpreter {
    private static final int MAX_DEPTH = 500;

    private final Budget budget;
    private int depth;

    Interpreter(Budget budget) {
        this.budget = budget;
    }

    @Nullable Object evaluate(Expression expression, Scope scope) {
        budget.step();
        if (++depth > MAX_DEPTH) {
            throw new IllegalArgumentException(
                    "expression or macro nested more than %d deep".formatted(MAX_DEPTH));
        }
        Object value =
                switch (expression) {
                    case Expression.Constant constant -> constant.value();
                    case Expression.Name name -> scope.get(name.name());
                    case Expression.ListOf list -> evaluateAll(list.items(), scope);
                    case Expression.DictOf dict -> dict(dict, scope);
                    case Expression.Attribute attribute ->
                            attribute(evaluate(attribute.object(), scope), attribute.name());
                    case Expression.Item item ->
                            item(evaluate(item.object(), scope), evaluate(item.key(), scope));
                    case Expression.Slice slice -> slice(slice, scope);
                    case Expression.Call call -> call(call, scope);
                    case Expression.Filter filter ->
                            Filters.apply(
                                    filter.name(),
                                    evaluate(filter.value(), scope),
                                    arguments(filter.arguments(), scope));
                    case Expression.Test test ->
                            Filters.test(
                                    test.name(),
                                    evaluate(test.value(), scope),
                                    arguments(test.arguments(), scope));
                    case Expression.Not not -> !isTrue(not.value(), scope);
                    case Expression.Negate negate -> negate(evaluate(negate.value(), scope));
                    case Expression.And and -> {
                        Object left = evaluate(and.left(), scope);
                        yield Values.isTrue(left) ? evaluate(and.right(), scope) : left;
                    }
                    case Expression.Or or -> {
                        Object left = evaluate(or.left(), scope);
                        yield Values.isTrue(left) ? left : evaluate(or.right(), scope);
                    }
                    case Expression.Binary binary ->
                            binary(
                                    binary.operator(),
                                    evaluate(binary.left(), scope),
                                    evaluate(binary.right(), scope));
                    case Expression.Compare compare -> compare(compare, scope);
                    case Expression.Conditional conditional -> conditional(conditional, scope);
                };
        depth--;
        return value instanceof String text ? budget.checked(text) : value;
    }

    boolean isTrue(Expression expression, Scope scope) {
        return Values.isTrue(evaluate(expression, scope));
    }

    private List<@Nullable Object> evaluateAll(List<Expression> expressions, Scope scope) {
        List<@Nullable Object> values = new ArrayList<>();
        for (Expression expression : expressions) {
            values.add(evaluate(expression, scope));
        }
        return values;
    }

    private Map<Object, @Nullable Object> dict(Expression.DictOf dict, Scope scope) {
        Map<Object, @Nullable Object> map = new LinkedHashMap<>();
        for (int i = 0; i < dict.keys().size(); i++) {
            Object key = evaluate(dict.keys().get(i), scope);
            if (key == null) {
                throw Values.wrongType("a dict's key", null);
            }
            map.put(key, evaluate(dict.values().get(i), scope));
        }
        return map;
    }

    /// `object.name`: Python's attribute, then the entry.
    private static @Nullable Object attribute(@Nullable Object object, String name) {
        if (object instanceof Undefined undefined) {
            throw undefined.error();
        }
        Callable method = Methods.find(object, name);
        if (method != null) {
            return method;
        }
        if (object instanceof Map<?, ?> map && map.containsKey(name)) {
            return map.get(name);
        }
        return new Undefined(name);
    }

    /// `object[key]`: the entry, then Python's attribute.
    private static @Nullable Object item(@Nullable Object object, @Nullable Object key) {
        switch (object) {
            case Undefined undefined -> throw undefined.error();
            case Map<?, ?> map when map.containsKey(key) -> {
                return map.get(key);
            }
            case List<?> list when key instanceof Long || key instanceof Boolean -> {
                long index = Values.integer(key);
                long place = index < 0 ? index + list.size() : index;
                return place >= 0 && place < list.size()
                        ? list.get((int) place)
                        : new Undefined("element " + index);
            }
            case String text when key instanceof Long -> {
                return item(Values.elements(text), key);
            }
            case null, default -> {
                Callable method = key instanceof String name ? Methods.find(object, name) : null;
                return method != null ? method : new Undefined(Values.print(key));
            }
        }
    }

    /// The entry at a path such as `function.name`.
    static @Nullable Object path(@Nullable Object object, String path) {
        Object value = object;
        for (String name : path.split("\\.", -1)) {
            boolean index = !name.isEmpty() && name.chars().allMatch(Character::isDigit);
            value =
                    value instanceof Undefined
                            ? value
                            : item(value, index ? (Object) Long.valueOf(name) : name);
        }
        return value;
    }

    private @Nullable Object slice(Expression.Slice slice, Scope scope) {
        Object object = evaluate(slice.object(), scope);
        if (!(object instanceof String) && !(object instanceof List)) {
            throw Values.wrongType("a string or list", object);
        }
        List<@Nullable Object> elements = Values.elements(object);
        int size = elements.size();
        int step = bound(slice.step(), scope, 1);
        if (step == 0) {
            throw new IllegalArgumentException("a slice's step is 0");
        }
        boolean forward = step > 0;
        int least = forward ? 0 : -1;
        int most = forward ? size : size - 1;
        int start = place(slice.start(), scope, forward ? 0 : size - 1, size, least, most);
        int stop = place(slice.stop(), scope, forward ? size : -1, size, least, most);
        List<@Nullable Object> picked = new ArrayList<>();
        for (long i = start; forward ? i < stop : i > stop; i += step) {
            picked.add(elements.get((int) i));
        }
        return object instanceof String ? Methods.join("", picked) : picked;
    }

    private int place(
            @Nullable Expression bound, Scope scope, int fallback, int size, int least, int most) {
        Object value = bound == null ? null : evaluate(bound, scope);
        if (value == null) {
            return fallback;
        }
        long place = Values.integer(value);
        return Math.clamp(place < 0 ? place + size : place, least, most);
    }

    private int bound(@Nullable Expression expression, Scope scope, int fallback) {
        Object value = expression == null ? null : evaluate(expression, scope);
        return value == null ? fallback : Values.smallInteger(value);
    }

    private @Nullable Object call(Expression.Call call, Scope scope) {
        Object function = evaluate(call.function(), scope);
        if (function instanceof Undefined undefined) {
            throw new IllegalArgumentException(
                    "function or method \"%s\" is not supported".formatted(undefined.name()));
        }
        if (!(function instanceof Callable callable)) {
            throw Values.wrongType("a function", function);
        }
        return callable.call(arguments(call.arguments(), scope));
    }

    private CallArguments arguments(Arguments arguments, Scope scope) {
        Map<String, @Nullable Object> named = new LinkedHashMap<>();
        for (int i = 0; i < arguments.names().size(); i++) {
            named.put(arguments.names().get(i), evaluate(arguments.named().get(i), scope));
        }
        return new CallArguments(evaluateAll(arguments.positional(), scope), named);
    }

    private @Nullable Object conditional(Expression.Conditional conditional, Scope scope) {
        if (isTrue(conditional.condition(), scope)) {
            return evaluate(conditional.then(), scope);
        }
        Expression otherwise = conditional.otherwise();
        return otherwise == null ? new Undefined("the other branch") : evaluate(otherwise, scope);
    }

    private boolean compare(Expression.Compare compare, Scope scope) {
        Object left = evaluate(compare.first(), scope);
        for (int i = 0; i < compare.operators().size(); i++) {
            Object right = evaluate(compare.others().get(i), scope);
            boolean holds =
                    switch (compare.operators().get(i)) {
                        case "==" -> Values.equal(left, right);
                        case "!=" -> !Values.equal(left, right);
                        case "<" -> Values.compare(left, right) < 0;
                        case "<=" -> Values.compare(left, right) <= 0;
                        case ">" -> Values.compare(left, right) > 0;
                        case ">=" -> Values.compare(left, right) >= 0;
                        case "in" -> Values.contains(right, left);
                        case "not in" -> !Values.contains(right, left);
                        default -> throw new IllegalStateException(compare.operators().get(i));
                    };
            if (!holds) {
                return false;
            }
            left = right;
        }
        return true;
    }

    private static Object negate(@Nullable Object value) {
        return value instanceof Double number
                ? -number
                : (Object) Math.negateExact(Values.integer(value));
    }

    private Object binary(String operator, @Nullable Object left, @Nullable Object right) {
        if (operator.equals("~")) {
            return Values.print(left) + Values.print(right);
        }
        if (operator.equals("+") && left instanceof String a && right instanceof String b) {
            return a + b;
        }
        if (operator.equals("+") && left instanceof List<?> a && right instanceof List<?> b) {
            budget.steps(a.size() + b.size());
            List<@Nullable Object> both = new ArrayList<>(a);
            both.addAll(b);
            return both;
        }
        if (operator.equals("*") && left instanceof String text) {
            int times = Math.max(0, Values.smallInteger(right));
            budget.checkLength((long) times * text.length());
            return text.repeat(times);
        }
        if (!Values.isNumber(left) || !Values.isNumber(right)) {
            Object wrong = Values.isNumber(left) ? right : left;
            if (wrong instanceof Undefined undefined) {
                throw undefined.error();
            }
            throw new IllegalArgumentException(
                    "%s %s %s is not possible"
                            .formatted(Values.typeName(left), operator, Values.typeName(right)));
        }
        return left instanceof Double || right instanceof Double || operator.equals("/")
                ? (Object) floats(operator, Values.number(left), Values.number(right))
                : (Object) integers(operator, Values.integer(left), Values.integer(right));
    }

    private static double floats(String operator, double left, double right) {
        if (right == 0 && (operator.equals("/") || operator.equals("//") || operator.equals("%"))) {
            throw new IllegalArgumentException("division by zero");
        }
        return switch (operator) {
            case "+" -> left + right;
            case "-" -> left - right;
            case "*" -> left * right;
            case "/" -> left / right;
            case "//" -> Math.floor(left / right);
            case "%" -> left - right * Math.floor(left / right);
            case "**" -> Math.pow(left, right);
            default -> throw new IllegalStateException(operator);
        };
    }

    private static long integers(String operator, long left, long right) {
        try {
            return switch (operator) {
                case "+" -> Math.addExact(left, right);
                case "-" -> Math.subtractExact(left, right);
                case "*" -> Math.multiplyExact(left, right);
                case "//" -> Math.floorDivExact(left, right);
                case "%" -> Math.floorMod(left, right);
                case "**" -> Math.powExact(left, Math.toIntExact(right));
                default -> throw new IllegalStateException(operator);
            };
        } catch (ArithmeticException e) {
            throw new IllegalArgumentException(
                    "%d %s %d: %s".formatted(left, operator, right, e.getMessage()), e);
        }
    }
}
