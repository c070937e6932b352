import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.PrintStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericDatumReader;
import org.apache.avro.generic.GenericDatumWriter;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.io.DecoderFactory;
import org.apache.avro.io.EncoderFactory;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;

/**
 * Reads all that is committed on topics, and places an order, with Kafka's own client and Avro alone.
 *
 * <p>Arguments: brokers, registry, a file of one order as Avro's JSON, the id of an order, and topics as {@code <topic>:<key field>}.
 * Prints a JSON object: {@code counts}, how many messages of each type were read, by topic, and {@code order}, the PlaceOrder of that
 * id. Types are those of the schemas. Each value must have its record's key in the key field, and no bytes behind it.
 */
class Client {
  static final ObjectMapper json = new ObjectMapper();
  static final HttpClient http = HttpClient.newHttpClient();
  static final Map<Integer, Schema> schemas = new HashMap<>();
  static String brokers;
  static String registry;
  static String wanted;
  static JsonNode order;
  static final Map<String, String> keyFields = new TreeMap<>();
  static final Map<String, Map<String, Integer>> counts = new TreeMap<>();

  public static void main(String[] args) throws Exception {
    brokers = args[0];
    registry = args[1];
    wanted = args[3];
    for (var topic : Arrays.copyOfRange(args, 4, args.length)) keyFields.put(topic.split(":")[0], topic.split(":")[1]);
    read();
    place(Files.readString(Path.of(args[2])));
    var found = new HashMap<String, Object>();
    found.put("counts", counts);
    found.put("order", order);
    new PrintStream(System.out, true, StandardCharsets.UTF_8).println(json.writeValueAsString(found));
  }

  static void read() throws Exception {
    Map<String, Object> settings = Map.of("bootstrap.servers", brokers, "isolation.level", "read_committed");
    try (var consumer = new KafkaConsumer<>(settings, new StringDeserializer(), new ByteArrayDeserializer())) {
      var partitions =
          keyFields.keySet().stream()
              .flatMap(topic -> consumer.partitionsFor(topic).stream())
              .map(info -> new TopicPartition(info.topic(), info.partition()))
              .toList();
      consumer.assign(partitions);
      consumer.seekToBeginning(partitions);
      var ends = consumer.endOffsets(partitions);
      while (partitions.stream().anyMatch(each -> consumer.position(each) < ends.get(each)))
        for (var message : consumer.poll(Duration.ofSeconds(1))) take(message);
    }
  }

  static void take(ConsumerRecord<String, byte[]> message) throws Exception {
    var at = message.topic() + " under the key " + message.key() + ": ";
    var bytes = ByteBuffer.wrap(message.value());
    if (bytes.get() != 0) throw new IllegalStateException(at + "a value without a schema");
    var reader = new GenericDatumReader<GenericRecord>(schemaOf(bytes.getInt()));
    var decoder = DecoderFactory.get().binaryDecoder(message.value(), 5, message.value().length - 5, null);
    var value = reader.read(null, decoder);
    if (!decoder.isEnd()) throw new IllegalStateException(at + "bytes are left behind " + value);
    if (!message.key().equals(value.get(keyFields.get(message.topic())).toString()))
      throw new IllegalStateException(at + value);
    var type = value.getSchema().getName();
    counts.computeIfAbsent(message.topic(), topic -> new TreeMap<>()).merge(type, 1, Integer::sum);
    if (type.equals("PlaceOrder") && message.key().equals(wanted)) order = json.readTree(value.toString());
  }

  static Schema schemaOf(int id) throws Exception {
    if (!schemas.containsKey(id))
      schemas.put(id, new Schema.Parser().parse(ask("/schemas/ids/" + id).get("schema").asText()));
    return schemas.get(id);
  }

  static void place(String order) throws Exception {
    var topic = "orders.commands";
    var latest = ask("/subjects/" + topic + "-atelier.orders.PlaceOrder/versions/latest");
    var schema = new Schema.Parser().parse(latest.get("schema").asText());
    var command =
        new GenericDatumReader<GenericRecord>(schema).read(null, DecoderFactory.get().jsonDecoder(schema, order));
    var bytes = new ByteArrayOutputStream();
    var data = new DataOutputStream(bytes);
    data.writeByte(0);
    data.writeInt(latest.get("id").asInt());
    var encoder = EncoderFactory.get().directBinaryEncoder(bytes, null);
    new GenericDatumWriter<GenericRecord>(schema).write(command, encoder);
    var message = new ProducerRecord<>(topic, command.get("orderId").toString(), bytes.toByteArray());
    Map.of("ce_specversion", "1.0", "ce_id", UUID.randomUUID().toString(), "ce_type", "PlaceOrder", "ce_source", "java")
        .forEach((name, text) -> message.headers().add(name, text.getBytes()));
    Map<String, Object> settings = Map.of("bootstrap.servers", brokers, "acks", "all");
    try (var producer = new KafkaProducer<>(settings, new StringSerializer(), new ByteArraySerializer())) {
      producer.send(message).get(30, TimeUnit.SECONDS);
    }
  }

  static JsonNode ask(String path) throws Exception {
    var answer = http.send(HttpRequest.newBuilder(URI.create(registry + path)).build(), BodyHandlers.ofString());
    if (answer.statusCode() != 200) throw new IllegalStateException(path + ": " + answer.body());
    return json.readTree(answer.body());
  }
}
