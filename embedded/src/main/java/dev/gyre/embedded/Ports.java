package dev.gyre.embedded;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.concurrent.ThreadLocalRandom;

/// TCP ports of this machine.
public final class Ports {
    /// The only address that embedded servers listen on.
    public static final String LOOPBACK = "127.0.0.1";

    private static final int CONNECT_MILLIS = 500;
    private static final int LEAST_FREE = 20_000;

    /// Linux hands out ports from 32768 on.
    private static final int MOST_FREE = 32_768;

    private Ports() {}

    /// A port that nothing listens on now, below those that the system hands out by itself: one of
    /// these may become the near end of a connection before a server takes it.
    public static int free() {
        return ThreadLocalRandom.current()
                .ints(LEAST_FREE, MOST_FREE)
                .limit(1_000)
                .filter(Ports::isFree)
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("no free port on " + LOOPBACK));
    }

    /// Whether a server could be started on the port, on the loopback address and on all.
    public static boolean isFree(int port) {
        try (ServerSocket socket = new ServerSocket()) {
            socket.setReuseAddress(true);
            socket.bind(new InetSocketAddress(LOOPBACK, port));
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    /// Whether something accepts connections on the port.
    public static boolean accepts(int port) {
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(LOOPBACK, port), CONNECT_MILLIS);
            return true;
        } catch (IOException e) {
            return false;
        }
    }
}
