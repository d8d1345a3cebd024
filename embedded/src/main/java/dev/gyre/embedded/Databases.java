package dev.gyre.embedded;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Properties;
import org.postgresql.Driver;

/// Databases of a PostgreSQL server.
final class Databases {
    private Databases() {}

    static boolean canLogIn(DatabaseAddress address) {
        try (Connection connection = connect(address)) {
            return connection.isValid(2);
        } catch (SQLException e) {
            return false;
        }
    }

    /// Makes a database unless it exists.
    ///
    /// @param server any database of the server
    /// @param name letters, digits, `-` and `_`
    static void ensure(DatabaseAddress server, String name) throws SQLException {
        PlainWord.check("database name", name);
        try (Connection connection = connect(server);
                PreparedStatement query =
                        connection.prepareStatement(
                                "SELECT 1 FROM pg_database WHERE datname = ?")) {
            query.setString(1, name);
            try (ResultSet found = query.executeQuery();
                    Statement statement = connection.createStatement()) {
                if (!found.next()) {
                    statement.execute("CREATE DATABASE \"" + name + "\"");
                }
            }
        }
    }

    /// Connects through the driver itself: the driver manager looks drivers up by class loader,
    /// which fails in Quarkus tests.
    private static Connection connect(DatabaseAddress address) throws SQLException {
        Properties properties = new Properties();
        properties.setProperty("user", address.username());
        properties.setProperty("password", address.password());
        properties.setProperty("loginTimeout", "5");
        Connection connection = new Driver().connect(address.jdbcUrl(), properties);
        if (connection == null) {
            throw new SQLException(address.jdbcUrl() + " is not a PostgreSQL address");
        }
        return connection;
    }
}
