"""Reads all that is committed on topics, and places an order, with Confluent's client for Python.

Arguments: brokers, registry, a file of one order as JSON, the id of an order, and topics as `<topic>:<key field>`. Prints a JSON
object: `counts`, how many messages of each type were read, by topic, and `order`, the PlaceOrder of that id. Types are those of the
schemas. Each value must have its record's key in the key field.
"""

import json
import sys
import uuid
from collections import Counter

from confluent_kafka import Consumer, KafkaError, Producer, TopicPartition
from confluent_kafka.schema_registry import SchemaRegistryClient, topic_record_subject_name_strategy
from confluent_kafka.schema_registry.avro import AvroDeserializer, AvroSerializer
from confluent_kafka.serialization import MessageField, SerializationContext

brokers, registry_url, order_file, wanted, *topics = sys.argv[1:]
key_fields = dict(topic.split(":") for topic in topics)
registry = SchemaRegistryClient({"url": registry_url})


def read():
    consumer = Consumer(
        {
            "bootstrap.servers": brokers,
            "group.id": f"python-{uuid.uuid4()}",
            "isolation.level": "read_committed",
            "enable.auto.commit": False,
            "enable.partition.eof": True,
            "auto.offset.reset": "earliest",
        }
    )
    partitions = [
        TopicPartition(topic, partition, 0)
        for topic in key_fields
        for partition in consumer.list_topics(topic).topics[topic].partitions
    ]
    consumer.assign(partitions)
    deserialize = AvroDeserializer(registry)
    counts = {topic: Counter() for topic in key_fields}
    order = None
    unread = len(partitions)
    while unread > 0:
        message = consumer.poll(30)
        if message is None:
            raise SystemExit("Nothing was heard of the brokers for 30 s")
        if message.error():
            if message.error().code() != KafkaError._PARTITION_EOF:
                raise SystemExit(str(message.error()))
            unread -= 1
            continue
        value = deserialize(message.value(), SerializationContext(message.topic(), MessageField.VALUE))
        key = message.key().decode()
        if value[key_fields[message.topic()]] != key:
            raise SystemExit(f"{message.topic()} has under the key {key}: {value!r}")
        written = type_of(message.value())
        counts[message.topic()][written] += 1
        if written == "PlaceOrder" and key == wanted:
            order = value
    consumer.close()
    return {"counts": counts, "order": order}


def type_of(value):
    schema = registry.get_schema(int.from_bytes(value[1:5], "big"))
    return json.loads(schema.schema_str)["name"]


def place(order):
    topic = "orders.commands"
    schema = registry.get_latest_version(f"{topic}-atelier.orders.PlaceOrder").schema
    serialize = AvroSerializer(
        registry,
        schema,
        conf={
            "auto.register.schemas": False,
            "use.latest.version": True,
            "subject.name.strategy": topic_record_subject_name_strategy,
        },
    )
    # Java's partitioner: an order's commands are where its decider looks for them.
    producer = Producer({"bootstrap.servers": brokers, "partitioner": "murmur2_random", "acks": "all"})
    attributes = {
        "ce_specversion": "1.0",
        "ce_id": str(uuid.uuid4()),
        "ce_type": "PlaceOrder",
        "ce_source": "python",
        "content-type": "application/vnd.apache.avro+binary",
    }
    producer.produce(
        topic,
        key=order["orderId"],
        value=serialize(order, SerializationContext(topic, MessageField.VALUE)),
        headers=attributes,
    )
    if producer.flush(30) > 0:
        raise SystemExit("The command was not acknowledged within 30 s")


found = read()
with open(order_file, encoding="utf-8") as file:
    place(json.load(file))
print(json.dumps(found))
