package dev.gyre.embedded;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Properties;
import org.postgresql.Driver;

/// Databases of a PostgreSQL server.
public final class Databases {
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
                Statement statement = connection.createStatement()) {
            if (!exists(connection, "SELECT 1 FROM pg_database WHERE datname = ?", name)) {
                statement.execute("CREATE DATABASE \"" + name + "\"");
            }
        }
    }

    /// Makes a database with a role that owns it and that alone may use it, or gives the role of an
    /// existing one its password anew.
    ///
    /// @param server any database of the server, with a role that may make roles and databases
    /// @param name name of both; letters, digits, `-` and `_`
    /// @param password the role's password; letters, digits, `-` and `_`
    /// @return the database as its own role reaches it
    /// @throws IllegalStateException if the server refuses
    public static DatabaseAddress ensureOwned(
            DatabaseAddress server, String name, String password) {
        PlainWord.check("database name", name);
        PlainWord.check("database password", password);
        try (Connection connection = connect(server);
                Statement statement = connection.createStatement()) {
            boolean exists = exists(connection, "SELECT 1 FROM pg_roles WHERE rolname = ?", name);
            statement.execute(
                    (exists ? "ALTER" : "CREATE")
                            + " ROLE \""
                            + name
                            + "\" LOGIN PASSWORD '"
                            + password
                            + "'");
            if (!exists(connection, "SELECT 1 FROM pg_database WHERE datname = ?", name)) {
                statement.execute("CREATE DATABASE \"" + name + "\" OWNER \"" + name + "\"");
                statement.execute("REVOKE CONNECT ON DATABASE \"" + name + "\" FROM PUBLIC");
            }
        } catch (SQLException e) {
            throw new IllegalStateException(
                    "cannot make the database " + name + " at " + server, e);
        }
        String url = server.jdbcUrl();
        return new DatabaseAddress(
                url.substring(0, url.lastIndexOf('/') + 1) + name, name, password);
    }

    private static boolean exists(Connection connection, String query, String name)
            throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(query)) {
            statement.setString(1, name);
            try (ResultSet found = statement.executeQuery()) {
                return found.next();
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
