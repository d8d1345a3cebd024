package dev.gyre.model;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.util.Optional;

/// The environment that native libraries read when they are loaded; Java's own copy stays as it
/// was.
public final class Environment {
    private static final Linker LINKER = Linker.nativeLinker();
    private static final Optional<MemorySegment> SETENV = LINKER.defaultLookup().find("setenv");

    private Environment() {}

    /// Whether this system can; Windows cannot.
    static boolean canSet() {
        return SETENV.isPresent();
    }

    /// Sets a variable for libraries that are loaded from now on.
    static void set(String name, String value) {
        set(name, value, true);
    }

    /// Sets a variable for libraries that are loaded from now on, unless it is set.
    public static void setIfAbsent(String name, String value) {
        set(name, value, false);
    }

    @SuppressWarnings("restricted") // setenv(3) with two texts that outlive the call
    private static void set(String name, String value, boolean overwrite) {
        MethodHandle setenv =
                LINKER.downcallHandle(
                        SETENV.orElseThrow(),
                        FunctionDescriptor.of(
                                ValueLayout.JAVA_INT,
                                ValueLayout.ADDRESS,
                                ValueLayout.ADDRESS,
                                ValueLayout.JAVA_INT));
        try (Arena arena = Arena.ofConfined()) {
            int status =
                    (int)
                            setenv.invokeExact(
                                    arena.allocateFrom(name),
                                    arena.allocateFrom(value),
                                    overwrite ? 1 : 0);
            if (status != 0) {
                throw new IllegalStateException("cannot set the variable " + name);
            }
        } catch (RuntimeException | Error failure) {
            throw failure;
        } catch (Throwable impossible) {
            throw new IllegalStateException(impossible);
        }
    }
}
