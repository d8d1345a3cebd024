package dev.gyre.embedded;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;

/// Asks a broker for its API versions: the one request that is allowed before the log-in, and that
/// a broker answers only when it has started.
///
/// Written by hand so that this library brings no Kafka client to the class path of its users.
public final class KafkaProbe {
    private static final int TIMEOUT_MILLIS = 2_000;
    private static final short API_VERSIONS = 18;
    private static final int CORRELATION_ID = 7;

    private KafkaProbe() {}

    /// Whether a broker answers at the address within two seconds.
    public static boolean answers(String host, int port) {
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(host, port), TIMEOUT_MILLIS);
            socket.setSoTimeout(TIMEOUT_MILLIS);
            DataOutputStream out = new DataOutputStream(socket.getOutputStream());
            out.writeInt(10); // bytes that follow
            out.writeShort(API_VERSIONS);
            out.writeShort(0); // version of the request
            out.writeInt(CORRELATION_ID);
            out.writeShort(-1); // no client id
            out.flush();
            DataInputStream in = new DataInputStream(socket.getInputStream());
            in.readInt(); // bytes that follow
            return in.readInt() == CORRELATION_ID && in.readShort() == 0;
        } catch (IOException e) {
            return false;
        }
    }
}
