package dev.gyre.cli.machine;

import dev.gyre.embedded.Ports;
import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.URI;

/// Asks a service for its readiness on the management port.
final class ServiceProbe {
    private static final int TIMEOUT_MILLIS = 2_000;

    private ServiceProbe() {}

    static boolean isReady(Service service, int portOffset) {
        try {
            URI address =
                    URI.create(
                            "http://"
                                    + Ports.LOOPBACK
                                    + ":"
                                    + service.managementPort(portOffset)
                                    + "/q/health/ready");
            HttpURLConnection connection = (HttpURLConnection) address.toURL().openConnection();
            connection.setConnectTimeout(TIMEOUT_MILLIS);
            connection.setReadTimeout(TIMEOUT_MILLIS);
            try {
                return connection.getResponseCode() == HttpURLConnection.HTTP_OK;
            } finally {
                connection.disconnect();
            }
        } catch (IOException e) {
            return false;
        }
    }
}
