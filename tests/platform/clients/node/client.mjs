/**
 * Reads records with Confluent's registry client and the CloudEvents SDK, and makes the record of an order.
 *
 * Arguments: the registry, a file of one order as JSON, the id of an order, and a file of records, one a line: `{ topic, key,
 * keyField, value, headers }` with the value in base64. Prints a JSON object: `counts`, how many messages of each type were read, by
 * topic, and `order`, the PlaceOrder of that id; the subjects of the registry with their levels; and the record of the order in
 * the file, as it is to be written. Types are those of the schemas. Each value must have its record's key in the key field.
 */
import { createReadStream } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

// These packages are installed elsewhere: see package.json.
const installed = createRequire(join(process.cwd(), 'package.json'));
const { AvroDeserializer, AvroSerializer, SchemaRegistryClient, SerdeType } = installed(
  '@confluentinc/schemaregistry',
);
const { CloudEvent, Kafka } = installed('cloudevents');

const [registry, orderFile, wanted, recordsFile] = process.argv.slice(2);
const client = new SchemaRegistryClient({ baseURLs: [registry] });

async function read() {
  const counts = {};
  let order;
  const deserializer = new AvroDeserializer(client, SerdeType.VALUE, {});
  for await (const line of createInterface({ input: createReadStream(recordsFile) })) {
    const { topic, key, keyField, value, headers } = JSON.parse(line);
    const bytes = Buffer.from(value, 'base64');
    const data = await deserializer.deserialize(topic, bytes);
    if (data[keyField] !== key) throw new Error(`${topic} has under the key ${key}: ${JSON.stringify(data)}`);
    const event = Kafka.toEvent({ key, value: bytes, headers });
    event.validate();
    if (event.subject !== undefined && event.subject !== key)
      throw new Error(`${topic} has ${event.subject} under the key ${key}`);
    const type = await typeOf(bytes);
    const types = (counts[topic] ??= {});
    types[type] = (types[type] ?? 0) + 1;
    if (type === 'PlaceOrder' && key === wanted) order = data;
  }
  return { counts, order };
}

async function typeOf(bytes) {
  const { schema } = await client.getBySubjectAndId('', bytes.readInt32BE(1));
  return JSON.parse(schema).name;
}

/** Each subject, its level, and whether its schema has the id that the registry itself gives for it. */
async function subjects() {
  const names = await client.getAllSubjects();
  return Object.fromEntries(await Promise.all(names.map(async (name) => [name, await subjectOf(name)])));
}

async function subjectOf(name) {
  const { id, version, schema } = await client.getLatestSchemaMetadata(name);
  const versions = await client.getAllVersions(name);
  const level = await client.getCompatibility(name);
  const isFound = (await client.getId(name, { schema, schemaType: 'AVRO' })) === id;
  return { level, versions: versions.length, isFound: isFound && versions.at(-1) === version };
}

/** Whether the registry would take a version, which nobody registers. */
function accepts(subject, schema) {
  return client.testSubjectCompatibility(subject, { schema: JSON.stringify(schema), schemaType: 'AVRO' });
}

async function orderRecord() {
  const topic = 'orders.commands';
  const order = JSON.parse(await readFile(orderFile, 'utf8'));
  const serializer = new AvroSerializer(client, SerdeType.VALUE, {
    autoRegisterSchemas: false,
    useLatestVersion: true,
    subjectNameStrategy: () => `${topic}-atelier.orders.PlaceOrder`,
  });
  const data = await serializer.serialize(topic, order);
  const event = new CloudEvent({
    type: 'PlaceOrder',
    source: 'node',
    subject: order.orderId,
    datacontenttype: 'application/vnd.apache.avro+binary',
    partitionkey: order.orderId,
    data,
  });
  const { key, value, headers } = Kafka.binary(event);
  return { topic, key, value: Buffer.from(value).toString('base64'), headers };
}

const placed = 'orders.events-atelier.orders.OrderPlaced';
const { schema: today } = await client.getLatestSchemaMetadata(placed);
const { fields, ...record } = JSON.parse(today);
console.log(
  JSON.stringify({
    ...(await read()),
    subjects: await subjects(),
    accepts: {
      today: await accepts(placed, { ...record, fields }),
      without: await accepts(placed, { ...record, fields: fields.slice(1) }),
    },
    command: await orderRecord(),
  }),
);
