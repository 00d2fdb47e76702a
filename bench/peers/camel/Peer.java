import com.sun.management.OperatingSystemMXBean;
import com.sun.net.httpserver.HttpServer;
import java.lang.management.ManagementFactory;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Pattern;
import org.apache.camel.Exchange;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.main.Main;

/**
 * Apache Camel as a bridge: takes the bridge's configuration file, answers its probes and names its metrics alike.
 *
 * Peer.java direct|manual|seda --config FILE
 */
public class Peer {
  public static void main(String[] args) throws Exception {
    String mode = args[0];
    String config = Files.readString(Path.of(args[2]));
    String broker = find(config, "\"broker\":\\{\"url\":\"mqtt://([^\"]+)");
    String clientId = find(config, "\"clientId\":\"([^\"]+)");
    String request = find(config, "\"requestTopic\":\"([^\"]+)");
    String model = find(config, "\"model\":\\{\"url\":\"([^\"]+)");
    String answer = find(config, "\"reply\":\\{\"topic\":\"([^\"]+)");
    AtomicLong settled = new AtomicLong();

    String session = "&cleanStart=false&sessionExpiryInterval=3600&receiveMaximum=1024";
    String from = "paho-mqtt5:" + request + "?brokerUrl=tcp://" + broker + "&qos=1&clientId=" + clientId + session
        + "&manualAcksEnabled=" + mode.equals("manual");
    String to = "paho-mqtt5:" + answer + "?brokerUrl=tcp://" + broker + "&qos=1&clientId=" + clientId + "-replies";
    String call = model + "?httpMethod=POST&maxTotalConnections=64&connectionsPerRoute=64";

    Main main = new Main();
    main.configure().addRoutesBuilder(new RouteBuilder() {
      @Override
      public void configure() {
        if (mode.equals("seda")) {
          from(from).to("seda:work?size=100000");
          bridge("seda:work?concurrentConsumers=64&size=100000");
        } else {
          bridge(from);
        }
      }

      private void bridge(String source) {
        from(source)
            .setHeader(Exchange.CONTENT_TYPE, constant("application/json"))
            .to(call)
            .to(to)
            .process(exchange -> settled.incrementAndGet());
      }
    });
    main.start();
    serve(settled);
    Thread.currentThread().join();
  }

  private static void serve(AtomicLong settled) throws Exception {
    HttpServer server = HttpServer.create(new InetSocketAddress("127.0.0.1", 0), 0);
    OperatingSystemMXBean system = (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
    server.createContext("/", exchange -> {
      long pages = Long.parseLong(Files.readString(Path.of("/proc/self/statm")).split(" ")[1]);
      byte[] page = ("bridge_messages_settled_total " + settled.get()
          + "\nprocess_cpu_seconds_total " + system.getProcessCpuTime() / 1e9
          + "\nprocess_resident_memory_bytes " + pages * 4096 + "\n").getBytes();
      exchange.sendResponseHeaders(200, page.length);
      exchange.getResponseBody().write(page);
      exchange.close();
    });
    server.start();
    System.out.println("{\"operationsPort\":" + server.getAddress().getPort() + "}");
  }

  private static String find(String text, String pattern) {
    var matcher = Pattern.compile(pattern).matcher(text);
    if (!matcher.find()) throw new IllegalArgumentException("no " + pattern);
    return matcher.group(1);
  }
}
