package dev.gyre.feedback.signin;

import dev.gyre.access.Failure;
import dev.gyre.access.FailureException;
import dev.gyre.access.Identity;
import jakarta.enterprise.context.RequestScoped;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// The caller of the current HTTP request.
@RequestScoped
public class Caller {
    private @Nullable Identity identity;

    /// The verified caller.
    ///
    /// @throws FailureException [Failure.Unauthenticated] in a resource that is [Open]
    public Identity identity() {
        if (identity == null) {
            throw new FailureException(
                    new Failure.Unauthenticated("this request has no verified caller"));
        }
        return identity;
    }

    /// The person who is signed in, in a resource that is [Open]; empty when nobody is.
    public Optional<Identity> ifSignedIn() {
        return Optional.ofNullable(identity);
    }

    void set(Identity verified) {
        this.identity = verified;
    }
}
