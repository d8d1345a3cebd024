package dev.gyre.embedded;

import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.util.Arrays;

/// Main class of every child JVM: watches standard input, then runs the real main class.
///
/// The owner keeps the other end of the pipe open. When it closes it, or dies in whatever way, the
/// JVM exits as after SIGTERM, shutdown hooks included, and is halted if they take over
/// [#GRACE_MILLIS].
///
/// It stands in a jar of its own and uses nothing but the JDK, so that it can be put in front of
/// any class path.
public final class Tether {
    /// Exit status of a JVM whose owner went away: that of SIGTERM.
    public static final int EXIT_STATUS = 143;

    /// Time for the shutdown hooks, in milliseconds. Below the ten seconds after which nothing may
    /// be left of a killed owner.
    static final long GRACE_MILLIS = 7_000;

    private Tether() {}

    /// Runs a main class until its owner goes away.
    ///
    /// @param args name of the real main class, then its arguments
    public static void main(String[] args) throws ReflectiveOperationException {
        if (args.length == 0) {
            System.err.println("usage: Tether MAIN-CLASS [ARGUMENT...]");
            System.exit(2);
        }
        InputStream owner = new FileInputStream(FileDescriptor.in);
        System.setIn(InputStream.nullInputStream());
        Thread.ofPlatform().daemon().name("tether").start(() -> exitAtEndOf(owner));
        Method main = Class.forName(args[0]).getMethod("main", String[].class);
        try {
            main.invoke(null, (Object) Arrays.copyOfRange(args, 1, args.length));
        } catch (InvocationTargetException e) {
            Throwable cause = e.getCause();
            (cause == null ? e : cause).printStackTrace();
            System.exit(1);
        }
    }

    private static void exitAtEndOf(InputStream owner) {
        try {
            while (owner.read() >= 0) {
                // Whatever the owner writes has no meaning; only the end has.
            }
        } catch (IOException e) {
            // A broken pipe is an end as well.
        }
        Thread.ofPlatform().daemon().name("tether-halt").start(Tether::haltAfterGrace);
        System.exit(EXIT_STATUS);
    }

    private static void haltAfterGrace() {
        try {
            Thread.sleep(GRACE_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        Runtime.getRuntime().halt(EXIT_STATUS);
    }
}
