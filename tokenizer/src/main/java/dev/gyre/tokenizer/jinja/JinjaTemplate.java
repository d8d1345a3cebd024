package dev.gyre.tokenizer.jinja;

import dev.gyre.tokenizer.jinja.Values.CallArguments;
import dev.gyre.tokenizer.jinja.Values.Callable;
import dev.gyre.tokenizer.jinja.Values.Undefined;
import java.time.Clock;
import java.time.ZonedDateTime;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// A parsed template. It never changes and may be rendered by any number of threads.
///
/// ```java
/// JinjaTemplate template = JinjaTemplate.parse("{% for m in messages %}{{ m.role }} {% endfor %}");
/// template.render(Map.of("messages", List.of(Map.of("role", "user"))), Clock.systemDefaultZone());
/// // "user "
/// ```
public final class JinjaTemplate {
    /// Longest source in characters.
    public static final int MAX_SOURCE_LENGTH = 1 << 20;

    private static final int MAX_OUTPUT_LENGTH = 64 << 20;
    private static final int MAX_RANGE = 100_000;

    private final List<Statement> body;

    private JinjaTemplate(List<Statement> body) {
        this.body = body;
    }

    /// Parses a template.
    ///
    /// @throws IllegalArgumentException if it is no valid template or uses a block that is not
    ///   supported; the message has the line
    public static JinjaTemplate parse(String source) {
        if (source.length() > MAX_SOURCE_LENGTH) {
            throw new IllegalArgumentException(
                    "template has %d characters, the limit is %d"
                            .formatted(source.length(), MAX_SOURCE_LENGTH));
        }
        return new JinjaTemplate(Parser.parse(source));
    }

    /// Renders the template.
    ///
    /// @param variables values of null, Boolean, Long, Double, String, List and Map
    /// @param clock the time that `strftime_now` writes
    /// @throws IllegalArgumentException if the template refuses the values (`raise_exception`),
    ///   uses a filter, test, function or method that is not supported, or does not come to an end
    public String render(Map<String, ? extends @Nullable Object> variables, Clock clock) {
        Scope global = new Scope(null);
        global.set("range", (Callable) JinjaTemplate::range);
        global.set("namespace", (Callable) arguments -> new LinkedHashMap<>(arguments.named()));
        global.set("dict", (Callable) arguments -> new LinkedHashMap<>(arguments.named()));
        global.set("raise_exception", (Callable) JinjaTemplate::raise);
        global.set("strftime_now", (Callable) arguments -> now(arguments, clock));
        variables.forEach(global::set);
        Rendering rendering = new Rendering();
        rendering.run(body, new Scope(global));
        return rendering.out.toString();
    }

    private static Object range(CallArguments arguments) {
        arguments.allow(3);
        boolean single = arguments.size() == 1;
        long start = single ? 0 : Values.integer(arguments.required(0, "start"));
        long stop = Values.integer(arguments.required(single ? 0 : 1, "stop"));
        long step = Values.integer(arguments.get(2, "step", 1L));
        List<Object> numbers = new ArrayList<>();
        for (long i = start; step > 0 ? i < stop : i > stop; i += step) {
            if (step == 0 || numbers.size() >= MAX_RANGE) {
                throw new IllegalArgumentException(
                        "range(%d, %d, %d) is longer than %d"
                                .formatted(start, stop, step, MAX_RANGE));
            }
            numbers.add(i);
        }
        return numbers;
    }

    private static Object raise(CallArguments arguments) {
        throw new IllegalArgumentException(Values.print(arguments.required(0, "message")));
    }

    private static Object now(CallArguments arguments, Clock clock) {
        String format = Values.string(arguments.required(0, "format"));
        return TimeFormat.format(ZonedDateTime.now(clock), format);
    }

    private enum Flow {
        NEXT,
        BREAK,
        CONTINUE
    }

    /// One run of the statements.
    private static final class Rendering {
        private final Budget budget = new Budget(MAX_OUTPUT_LENGTH);
        private final Interpreter interpreter = new Interpreter(budget);
        private StringBuilder out = new StringBuilder();

        Flow run(List<Statement> statements, Scope scope) {
            for (Statement statement : statements) {
                budget.step();
                Flow flow = run(statement, scope);
                if (flow != Flow.NEXT) {
                    return flow;
                }
            }
            return Flow.NEXT;
        }

        private Flow run(Statement statement, Scope scope) {
            switch (statement) {
                case Statement.Text text -> print(text.text());
                case Statement.Output output ->
                        print(Values.print(interpreter.evaluate(output.value(), scope)));
                case Statement.If branch -> {
                    boolean holds = interpreter.isTrue(branch.condition(), scope);
                    return run(holds ? branch.then() : branch.otherwise(), scope);
                }
                case Statement.For loop -> {
                    return loop(loop, scope);
                }
                case Statement.Set set ->
                        assign(set.targets(), interpreter.evaluate(set.value(), scope), scope);
                case Statement.SetAttribute set -> setAttribute(set, scope);
                case Statement.SetBlock set ->
                        scope.set(set.target(), captured(set.body(), new Scope(scope)));
                case Statement.Macro macro -> scope.set(macro.name(), macro(macro, scope));
                case Statement.Break _ -> {
                    return Flow.BREAK;
                }
                case Statement.Continue _ -> {
                    return Flow.CONTINUE;
                }
            }
            return Flow.NEXT;
        }

        private void print(String text) {
            budget.checkLength((long) out.length() + text.length());
            out.append(text);
        }

        private String captured(List<Statement> statements, Scope scope) {
            StringBuilder outer = out;
            out = new StringBuilder();
            run(statements, scope);
            String text = out.toString();
            out = outer;
            return text;
        }

        private static void assign(List<String> targets, @Nullable Object value, Scope scope) {
            if (targets.size() == 1) {
                scope.set(targets.getFirst(), value);
                return;
            }
            List<@Nullable Object> values = Values.elements(value);
            if (values.size() != targets.size()) {
                throw new IllegalArgumentException(
                        "%d values for the %d names %s"
                                .formatted(values.size(), targets.size(), targets));
            }
            for (int i = 0; i < targets.size(); i++) {
                scope.set(targets.get(i), values.get(i));
            }
        }

        @SuppressWarnings("unchecked")
        private void setAttribute(Statement.SetAttribute set, Scope scope) {
            Object value = interpreter.evaluate(set.value(), scope);
            if (scope.get(set.object()) instanceof LinkedHashMap<?, ?> namespace) {
                ((Map<String, @Nullable Object>) namespace).put(set.attribute(), value);
            } else {
                throw Values.wrongType("a namespace", scope.get(set.object()));
            }
        }

        private Flow loop(Statement.For loop, Scope scope) {
            List<@Nullable Object> items =
                    Values.elements(interpreter.evaluate(loop.items(), scope));
            Expression condition = loop.condition();
            if (condition != null) {
                items.removeIf(
                        item -> {
                            Scope tried = new Scope(scope);
                            assign(loop.targets(), item, tried);
                            return !interpreter.isTrue(condition, tried);
                        });
            }
            if (items.isEmpty()) {
                return run(loop.otherwise(), new Scope(scope));
            }
            for (int i = 0; i < items.size(); i++) {
                Scope inner = new Scope(scope);
                inner.set("loop", loopVariable(items, i));
                assign(loop.targets(), items.get(i), inner);
                if (run(loop.body(), inner) == Flow.BREAK) {
                    break;
                }
            }
            return Flow.NEXT;
        }

        private static Map<String, @Nullable Object> loopVariable(
                List<@Nullable Object> items, int index) {
            int size = items.size();
            Map<String, @Nullable Object> loop = new LinkedHashMap<>();
            loop.put("index", index + 1L);
            loop.put("index0", (long) index);
            loop.put("revindex", (long) size - index);
            loop.put("revindex0", size - index - 1L);
            loop.put("first", index == 0);
            loop.put("last", index == size - 1);
            loop.put("length", (long) size);
            loop.put("previtem", index > 0 ? items.get(index - 1) : new Undefined("loop.previtem"));
            loop.put(
                    "nextitem",
                    index < size - 1 ? items.get(index + 1) : new Undefined("loop.nextitem"));
            loop.put(
                    "cycle",
                    (Callable) arguments -> arguments.positional().get(index % arguments.size()));
            return loop;
        }

        private Callable macro(Statement.Macro macro, Scope scope) {
            int required = macro.parameters().size() - macro.defaults().size();
            return arguments -> {
                String[] names = macro.parameters().toArray(String[]::new);
                arguments.allow(names.length, names);
                Scope inner = new Scope(scope);
                for (int i = 0; i < names.length; i++) {
                    Object fallback =
                            i < required
                                    ? new Undefined(names[i])
                                    : interpreter.evaluate(
                                            macro.defaults().get(i - required), inner);
                    inner.set(names[i], arguments.get(i, names[i], fallback));
                }
                return captured(macro.body(), inner);
            };
        }
    }
}
