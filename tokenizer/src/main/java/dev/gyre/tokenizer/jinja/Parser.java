package dev.gyre.tokenizer.jinja;

import dev.gyre.tokenizer.jinja.Expression.Arguments;
import dev.gyre.tokenizer.jinja.Token.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Turns tokens into statements and expressions, with Jinja's precedence.
final class Parser {
    /// Deepest nesting of blocks, parentheses and operators; a template needs about ten.
    private static final int MAX_DEPTH = 200;

    private static final Set<String> COMPARISONS = Set.of("==", "!=", "<", "<=", ">", ">=");

    private final List<Token> tokens;
    private int position;
    private int depth;
    private int loops;

    private Parser(List<Token> tokens) {
        this.tokens = tokens;
    }

    static List<Statement> parse(String source) {
        Parser parser = new Parser(Lexer.tokens(source));
        List<Statement> body = parser.body(Set.of());
        if (parser.peek().kind() != Kind.END) {
            throw parser.error("unexpected block end");
        }
        return body;
    }

    // Statements

    /// Statements up to the end or to a block whose name is one of `ends`, which stays unread but
    /// for its opening.
    private List<Statement> body(Set<String> ends) {
        enter();
        List<Statement> statements = new ArrayList<>();
        while (peek().kind() != Kind.END) {
            Token token = next();
            switch (token.kind()) {
                case TEXT -> statements.add(new Statement.Text(token.text()));
                case OUTPUT_START -> {
                    statements.add(new Statement.Output(tuple(), token.line()));
                    expect(Kind.OUTPUT_END);
                }
                case BLOCK_START -> {
                    if (ends.contains(peek().text()) && peek().kind() == Kind.NAME) {
                        depth--;
                        return statements;
                    }
                    statements.addAll(block());
                }
                default -> throw error("unexpected \"%s\"".formatted(token.text()));
            }
        }
        if (!ends.isEmpty()) {
            throw error("the block is not closed by %s".formatted(String.join(" or ", ends)));
        }
        depth--;
        return statements;
    }

    private List<Statement> block() {
        Token name = expect(Kind.NAME);
        return switch (name.text()) {
            case "if" -> List.of(ifBlock(name.line()));
            case "for" -> List.of(forBlock(name.line()));
            case "set" -> List.of(setBlock(name.line()));
            case "macro" -> List.of(macro());
            case "generation" -> generation();
            case "break" -> List.of(loopControl(new Statement.Break()));
            case "continue" -> List.of(loopControl(new Statement.Continue()));
            default -> throw error("block \"%s\" is not supported".formatted(name.text()));
        };
    }

    private Statement ifBlock(int line) {
        Expression condition = tuple();
        expect(Kind.BLOCK_END);
        List<Statement> then = body(Set.of("elif", "else", "endif"));
        Token end = next();
        List<Statement> otherwise = List.of();
        if (end.isName("elif")) {
            enter();
            otherwise = List.of(ifBlock(end.line()));
            depth--;
        } else if (end.isName("else")) {
            expect(Kind.BLOCK_END);
            otherwise = body(Set.of("endif"));
            next();
            expect(Kind.BLOCK_END);
        } else {
            expect(Kind.BLOCK_END);
        }
        return new Statement.If(condition, then, otherwise, line);
    }

    private Statement forBlock(int line) {
        List<String> targets = names();
        expectName("in");
        Expression items = or();
        Expression condition = null;
        if (takeName("if")) {
            condition = expression();
        }
        if (peek().isName("recursive")) {
            throw error("recursive loops are not supported");
        }
        expect(Kind.BLOCK_END);
        loops++;
        List<Statement> body = body(Set.of("else", "endfor"));
        loops--;
        List<Statement> otherwise = List.of();
        if (next().isName("else")) {
            expect(Kind.BLOCK_END);
            otherwise = body(Set.of("endfor"));
            next();
        }
        expect(Kind.BLOCK_END);
        return new Statement.For(targets, items, condition, body, otherwise, line);
    }

    private Statement setBlock(int line) {
        List<String> targets = names();
        if (takeSymbol(".")) {
            String attribute = expect(Kind.NAME).text();
            expectSymbol("=");
            Expression value = tuple();
            expect(Kind.BLOCK_END);
            return new Statement.SetAttribute(targets.getFirst(), attribute, value, line);
        }
        if (takeSymbol("=")) {
            Expression value = tuple();
            expect(Kind.BLOCK_END);
            return new Statement.Set(targets, value, line);
        }
        expect(Kind.BLOCK_END);
        List<Statement> body = body(Set.of("endset"));
        next();
        expect(Kind.BLOCK_END);
        return new Statement.SetBlock(targets.getFirst(), body, line);
    }

    private Statement macro() {
        String name = expect(Kind.NAME).text();
        expectSymbol("(");
        List<String> parameters = new ArrayList<>();
        List<Expression> defaults = new ArrayList<>();
        while (!takeSymbol(")")) {
            if (!parameters.isEmpty()) {
                expectSymbol(",");
            }
            parameters.add(expect(Kind.NAME).text());
            if (takeSymbol("=")) {
                defaults.add(expression());
            } else if (!defaults.isEmpty()) {
                throw error("a parameter without default follows one with");
            }
        }
        expect(Kind.BLOCK_END);
        int outerLoops = loops;
        loops = 0;
        List<Statement> body = body(Set.of("endmacro"));
        loops = outerLoops;
        next();
        expect(Kind.BLOCK_END);
        return new Statement.Macro(name, parameters, defaults, body);
    }

    /// transformers marks what the model generated for training masks; it renders as it stands.
    private List<Statement> generation() {
        expect(Kind.BLOCK_END);
        List<Statement> body = body(Set.of("endgeneration"));
        next();
        expect(Kind.BLOCK_END);
        return body;
    }

    private Statement loopControl(Statement statement) {
        if (loops == 0) {
            throw error("break and continue stand only inside a loop");
        }
        expect(Kind.BLOCK_END);
        return statement;
    }

    private List<String> names() {
        List<String> names = new ArrayList<>();
        boolean parentheses = takeSymbol("(");
        do {
            names.add(expect(Kind.NAME).text());
        } while (takeSymbol(","));
        if (parentheses) {
            expectSymbol(")");
        }
        return names;
    }

    // Expressions, from the loosest binding to the tightest

    /// An expression, or several with commas between, which make a list.
    private Expression tuple() {
        Expression first = expression();
        if (!peek().isSymbol(",")) {
            return first;
        }
        List<Expression> items = new ArrayList<>(List.of(first));
        while (takeSymbol(",") && !endsExpression()) {
            items.add(expression());
        }
        return new Expression.ListOf(items);
    }

    private boolean endsExpression() {
        Token token = peek();
        return token.kind() == Kind.OUTPUT_END
                || token.kind() == Kind.BLOCK_END
                || token.isSymbol(")");
    }

    private Expression expression() {
        enter();
        Expression value = or();
        while (takeName("if")) {
            Expression condition = or();
            Expression otherwise = takeName("else") ? expression() : null;
            value = new Expression.Conditional(condition, value, otherwise);
        }
        depth--;
        return value;
    }

    private Expression or() {
        Expression left = and();
        while (takeName("or")) {
            left = new Expression.Or(left, and());
        }
        return left;
    }

    private Expression and() {
        Expression left = not();
        while (takeName("and")) {
            left = new Expression.And(left, not());
        }
        return left;
    }

    private Expression not() {
        if (takeName("not")) {
            enter();
            Expression value = new Expression.Not(not());
            depth--;
            return value;
        }
        return compare();
    }

    private Expression compare() {
        Expression first = sum();
        List<String> operators = new ArrayList<>();
        List<Expression> others = new ArrayList<>();
        while (true) {
            if (peek().kind() == Kind.SYMBOL && COMPARISONS.contains(peek().text())) {
                operators.add(next().text());
            } else if (takeName("in")) {
                operators.add("in");
            } else if (peek().isName("not") && peek(1).isName("in")) {
                position += 2;
                operators.add("not in");
            } else {
                break;
            }
            others.add(sum());
        }
        return operators.isEmpty() ? first : new Expression.Compare(first, operators, others);
    }

    private Expression sum() {
        Expression left = concatenation();
        while (peek().isSymbol("+") || peek().isSymbol("-")) {
            left = new Expression.Binary(next().text(), left, concatenation());
        }
        return left;
    }

    private Expression concatenation() {
        Expression left = product();
        while (takeSymbol("~")) {
            left = new Expression.Binary("~", left, product());
        }
        return left;
    }

    private Expression product() {
        Expression left = power();
        while (peek().isSymbol("*")
                || peek().isSymbol("/")
                || peek().isSymbol("//")
                || peek().isSymbol("%")) {
            left = new Expression.Binary(next().text(), left, power());
        }
        return left;
    }

    private Expression power() {
        Expression left = unary(true);
        while (takeSymbol("**")) {
            left = new Expression.Binary("**", left, unary(true));
        }
        return left;
    }

    private Expression unary(boolean withFilters) {
        enter();
        Expression value;
        if (takeSymbol("-")) {
            value = new Expression.Negate(unary(false));
        } else if (takeSymbol("+")) {
            value = unary(false);
        } else {
            value = primary();
        }
        value = postfix(value);
        value = withFilters ? filters(value) : value;
        depth--;
        return value;
    }

    private Expression primary() {
        Token token = next();
        return switch (token.kind()) {
            case NAME -> named(token.text());
            case STRING -> {
                StringBuilder text = new StringBuilder(token.text());
                while (peek().kind() == Kind.STRING) {
                    text.append(next().text());
                }
                yield new Expression.Constant(text.toString());
            }
            case INTEGER -> new Expression.Constant(integer(token.text()));
            case FLOAT -> new Expression.Constant(Double.valueOf(token.text()));
            default -> {
                if (token.isSymbol("(")) {
                    yield parentheses();
                }
                if (token.isSymbol("[")) {
                    yield new Expression.ListOf(items("]"));
                }
                if (token.isSymbol("{")) {
                    yield dict();
                }
                throw error("unexpected \"%s\"".formatted(token.text()));
            }
        };
    }

    private Long integer(String digits) {
        try {
            return Long.valueOf(digits);
        } catch (NumberFormatException e) {
            throw error("number %s is too large".formatted(digits));
        }
    }

    private static Expression named(String name) {
        return switch (name) {
            case "true", "True" -> new Expression.Constant(true);
            case "false", "False" -> new Expression.Constant(false);
            case "none", "None" -> new Expression.Constant(null);
            default -> new Expression.Name(name);
        };
    }

    private Expression parentheses() {
        if (takeSymbol(")")) {
            return new Expression.ListOf(List.of());
        }
        Expression value = tuple();
        expectSymbol(")");
        return value;
    }

    private List<Expression> items(String close) {
        List<Expression> items = new ArrayList<>();
        while (!takeSymbol(close)) {
            if (!items.isEmpty()) {
                expectSymbol(",");
                if (takeSymbol(close)) {
                    break;
                }
            }
            items.add(expression());
        }
        return items;
    }

    private Expression dict() {
        List<Expression> keys = new ArrayList<>();
        List<Expression> values = new ArrayList<>();
        while (!takeSymbol("}")) {
            if (!keys.isEmpty()) {
                expectSymbol(",");
                if (takeSymbol("}")) {
                    break;
                }
            }
            keys.add(expression());
            expectSymbol(":");
            values.add(expression());
        }
        return new Expression.DictOf(keys, values);
    }

    private Expression postfix(Expression start) {
        Expression value = start;
        while (true) {
            if (takeSymbol(".")) {
                Token name = next();
                value =
                        switch (name.kind()) {
                            case NAME -> new Expression.Attribute(value, name.text());
                            case INTEGER ->
                                    new Expression.Item(
                                            value, new Expression.Constant(integer(name.text())));
                            default -> throw error("a name must follow the point");
                        };
            } else if (takeSymbol("[")) {
                value = subscript(value);
            } else if (takeSymbol("(")) {
                value = new Expression.Call(value, arguments());
            } else {
                return value;
            }
        }
    }

    private Expression subscript(Expression object) {
        Expression start = peek().isSymbol(":") ? null : expression();
        if (takeSymbol("]") && start != null) {
            return new Expression.Item(object, start);
        }
        expectSymbol(":");
        Expression stop = peek().isSymbol(":") || peek().isSymbol("]") ? null : expression();
        @Nullable Expression step = null;
        if (takeSymbol(":") && !peek().isSymbol("]")) {
            step = expression();
        }
        expectSymbol("]");
        return new Expression.Slice(object, start, stop, step);
    }

    private Arguments arguments() {
        List<Expression> positional = new ArrayList<>();
        List<String> names = new ArrayList<>();
        List<Expression> named = new ArrayList<>();
        while (!takeSymbol(")")) {
            if (!positional.isEmpty() || !names.isEmpty()) {
                expectSymbol(",");
                if (takeSymbol(")")) {
                    break;
                }
            }
            if (peek().kind() == Kind.NAME && peek(1).isSymbol("=")) {
                names.add(next().text());
                expectSymbol("=");
                named.add(expression());
            } else if (names.isEmpty()) {
                positional.add(expression());
            } else {
                throw error("an argument without a name follows one with");
            }
        }
        return new Arguments(positional, names, named);
    }

    private Expression filters(Expression start) {
        Expression value = start;
        while (true) {
            if (takeSymbol("|")) {
                String name = expect(Kind.NAME).text();
                Arguments arguments = takeSymbol("(") ? arguments() : Arguments.NONE;
                value = new Expression.Filter(value, name, arguments);
            } else if (takeName("is")) {
                value = test(value);
            } else if (takeSymbol("(")) {
                value = new Expression.Call(value, arguments());
            } else {
                return value;
            }
        }
    }

    private Expression test(Expression value) {
        boolean negated = takeName("not");
        String name = expect(Kind.NAME).text();
        Arguments arguments = Arguments.NONE;
        if (takeSymbol("(")) {
            arguments = arguments();
        } else if (startsTestArgument()) {
            Expression argument = postfix(primary());
            arguments = new Arguments(List.of(argument), List.of(), List.of());
        }
        Expression test = new Expression.Test(value, name, arguments);
        return negated ? new Expression.Not(test) : test;
    }

    private boolean startsTestArgument() {
        Token token = peek();
        return switch (token.kind()) {
            case STRING, INTEGER, FLOAT -> true;
            case NAME ->
                    !Set.of("else", "or", "and", "is", "if", "not", "in").contains(token.text());
            case SYMBOL -> token.text().equals("[") || token.text().equals("{");
            default -> false;
        };
    }

    // Tokens

    private Token peek() {
        return tokens.get(position);
    }

    private Token peek(int ahead) {
        return tokens.get(Math.min(position + ahead, tokens.size() - 1));
    }

    private Token next() {
        Token token = tokens.get(position);
        if (token.kind() == Kind.END) {
            throw error("the template ends too early");
        }
        position++;
        return token;
    }

    private boolean takeSymbol(String symbol) {
        boolean found = peek().isSymbol(symbol);
        position += found ? 1 : 0;
        return found;
    }

    private boolean takeName(String name) {
        boolean found = peek().isName(name);
        position += found ? 1 : 0;
        return found;
    }

    private Token expect(Kind kind) {
        Token token = peek();
        if (token.kind() != kind) {
            throw error("expected %s, found \"%s\"".formatted(kind, token.text()));
        }
        position++;
        return token;
    }

    private void expectSymbol(String symbol) {
        if (!takeSymbol(symbol)) {
            throw error("expected \"%s\", found \"%s\"".formatted(symbol, peek().text()));
        }
    }

    private void expectName(String name) {
        if (!takeName(name)) {
            throw error("expected \"%s\", found \"%s\"".formatted(name, peek().text()));
        }
    }

    private void enter() {
        if (++depth > MAX_DEPTH) {
            throw error("nested more than %d deep".formatted(MAX_DEPTH));
        }
    }

    private IllegalArgumentException error(String what) {
        return new IllegalArgumentException("template line %d: %s".formatted(peek().line(), what));
    }
}
