package dev.gyre.embedded;

/// How a client reaches a PostgreSQL database.
///
/// @param jdbcUrl JDBC URL
/// @param username role
/// @param password its password
public record DatabaseAddress(String jdbcUrl, String username, String password) {
    @Override
    public String toString() {
        return "DatabaseAddress[" + jdbcUrl + ", " + username + "]";
    }
}
