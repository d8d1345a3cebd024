package dev.gyre.feedback.signin;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

/// An HTML file of the class path with places such as `{{title}}`, filled with escaped text.
///
/// @param text the file's text, filled as far as it is
public record Html(String text) {
    /// Reads a file.
    ///
    /// @param resource path from the root of the class path
    public static Html of(String resource) {
        try (InputStream file = Html.class.getResourceAsStream(resource)) {
            if (file == null) {
                throw new IllegalStateException(resource + " is missing in the class path");
            }
            return new Html(new String(file.readAllBytes(), StandardCharsets.UTF_8));
        } catch (IOException failure) {
            throw new UncheckedIOException("cannot read " + resource, failure);
        }
    }

    /// Puts a text into its place.
    ///
    /// @param place name between the braces
    /// @throws IllegalArgumentException when there is no such place
    public Html with(String place, String value) {
        String mark = "{{" + place + "}}";
        if (!text.contains(mark)) {
            throw new IllegalArgumentException("the page has no place " + mark);
        }
        return new Html(text.replace(mark, escape(value)));
    }

    private static String escape(String value) {
        return value.replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("\"", "&quot;")
                .replace("'", "&#39;");
    }
}
