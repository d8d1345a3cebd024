import com.knuddels.jtokkit.Encodings;
import com.knuddels.jtokkit.api.Encoding;
import com.knuddels.jtokkit.api.EncodingType;
import com.knuddels.jtokkit.api.IntArrayList;
import com.sun.management.OperatingSystemMXBean;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.CRC32;

/// jtokkit answers the requests of Gyre's TokenizerBenchmark; run from source with its jar alone.
class JtokkitWorker {
    static final OperatingSystemMXBean SYSTEM =
            (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();

    public static void main(String[] arguments) throws Exception {
        Map<String, Encoding> made = new HashMap<>();
        var lines = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String line; (line = lines.readLine()) != null; ) {
            String model = field(line, "model");
            long cpu = SYSTEM.getProcessCpuTime();
            long start = System.nanoTime();
            if (field(line, "do").equals("load")) {
                made.put(model, encoding(model));
                System.out.println(answer(start, cpu, ""));
                continue;
            }
            String text = text(line);
            Encoding encoding = made.get(model);
            switch (field(line, "do")) {
                case "warm" -> {
                    long until = start + (long) (Double.parseDouble(field(line, "seconds")) * 1e9);
                    do {
                        encoding.encodeOrdinary(text);
                    } while (System.nanoTime() < until);
                    System.out.println("{}");
                }
                case "encode" -> {
                    System.gc();
                    cpu = SYSTEM.getProcessCpuTime();
                    start = System.nanoTime();
                    IntArrayList ids = encoding.encodeOrdinary(text);
                    String timed = answer(start, cpu, "\"tokens\":" + ids.size() + ",\"checksum\":%d,");
                    System.out.println(timed.formatted(checksum(ids.toArray())));
                }
                case "batch" -> {
                    List<Callable<Integer>> documents = new ArrayList<>();
                    for (int from = 0; from < text.length(); ) {
                        int end = text.indexOf('\n', Math.min(text.length(), from + 100_000)) + 1;
                        String document = text.substring(from, end == 0 ? text.length() : end);
                        documents.add(() -> encoding.encodeOrdinary(document).size());
                        from += document.length();
                    }
                    try (var pool = Executors.newFixedThreadPool(Integer.parseInt(field(line, "threads")))) {
                        System.gc();
                        cpu = SYSTEM.getProcessCpuTime();
                        start = System.nanoTime();
                        pool.invokeAll(documents);
                        System.out.println(answer(start, cpu, ""));
                    }
                }
                default -> System.out.println("{\"error\":\"unknown\"}");
            }
        }
    }

    static Encoding encoding(String model) {
        var registry = Encodings.newLazyEncodingRegistry();
        return registry.getEncoding(
                model.contains("o200k")
                        ? EncodingType.O200K_BASE
                        : model.contains("cl100k") ? EncodingType.CL100K_BASE : EncodingType.R50K_BASE);
    }

    static String answer(long start, long cpu, String more) {
        long wall = System.nanoTime() - start;
        return "{" + more + "\"wall\":" + wall / 1e9 + ",\"cpu\":" + (SYSTEM.getProcessCpuTime() - cpu) / 1e9 + "}";
    }

    static long checksum(int[] ids) {
        ByteBuffer bytes = ByteBuffer.allocate(4 * ids.length).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asIntBuffer().put(ids);
        CRC32 checksum = new CRC32();
        checksum.update(bytes.array());
        return checksum.getValue();
    }

    static String text(String line) throws Exception {
        byte[] file = Files.readAllBytes(Path.of(field(line, "text")));
        String most = field(line, "bytes");
        int end = most.isEmpty() ? file.length : Math.min(file.length, Integer.parseInt(most));
        while (end < file.length && (file[end] & 0xC0) == 0x80) {
            end--;
        }
        return new String(file, 0, end, StandardCharsets.UTF_8);
    }

    /// The requests are flat JSON without escapes.
    static String field(String line, String name) {
        Matcher matcher = Pattern.compile("\"" + name + "\": \"?([^\",}]*)").matcher(line);
        return matcher.find() ? matcher.group(1) : "";
    }
}
