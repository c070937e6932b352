import {
  type AnyMessageType,
  type AvroSchema,
  type Contract,
  messageTypes,
  newestTypes,
} from '@atelier/eventing/domain';

/** One version of one type of message, as it is named in the document. */
export interface DocumentedMessage {
  /** The type, and of older versions the version: `OrderCancelled`, `OrderCancelled.v1`. */
  readonly name: string;
  readonly type: AnyMessageType;
  readonly version: number;
  readonly schema: AvroSchema;
  /** The version that is written today. */
  readonly isNewest: boolean;
  /** The types that handlers see: its own, or what the upcasters make of a former one. */
  readonly readAs: readonly string[];
}

/** Every version of every message of a contract, of former types too: the newest first. */
export const messagesOf = (contract: Contract): readonly DocumentedMessage[] =>
  messageTypes(contract).flatMap((type) => versionsOf(type, newestTypes(contract, nameOf(type))));

function versionsOf(type: AnyMessageType, readAs: readonly string[]): readonly DocumentedMessage[] {
  const newest = type.versions.length;
  return type.versions
    .map((schema, index) => {
      const version = index + 1;
      const isNewest = version === newest;
      const name = isNewest ? nameOf(type) : `${nameOf(type)}.v${version}`;
      return { name, type, version, schema, isNewest, readAs };
    })
    .reverse();
}

export const nameOf = ({ type }: AnyMessageType) => type as string;

/** What its schema says of it, and what a former type is read as. */
export function docOf({ type, schema, readAs }: DocumentedMessage): string {
  const doc = 'doc' in schema ? String(schema.doc) : '';
  return readAs.includes(nameOf(type)) ? doc : `${doc} A former type: it is read as ${readAs.join(', ')}.`;
}

const text = { type: 'string' } as const;

/** CloudEvents 1.0, Kafka protocol binding, binary mode, and headers of the platform's own beside it. */
const headers = (required: readonly string[]) => ({
  type: 'object',
  required,
  properties: {
    ce_specversion: { ...text, const: '1.0' },
    ce_id: { ...text, description: 'Names the message. An aggregate handles each id once.' },
    ce_type: text,
    ce_source: { ...text, description: 'The service that published it.' },
    ce_subject: { ...text, description: "The aggregate's id, which is the record's key." },
    ce_time: { ...text, format: 'date-time' },
    'content-type': { ...text, const: 'application/vnd.apache.avro+binary' },
    correlationid: { ...text, description: "The first command's id: shared by all that follows from it." },
    causationid: { ...text, description: 'The id of the message that caused this one.' },
    aggregateversion: { ...text, description: "Of events: the number in its aggregate's history, from 1." },
    requesthash: { ...text, description: "Hash of the client's request: one id never stands for two." },
    traceparent: { ...text, description: 'W3C Trace Context.' },
  },
});

const trait = (...required: readonly string[]) => ({
  contentType: 'application/vnd.apache.avro+binary',
  headers: headers(required),
  correlationId: { location: '$message.header#/correlationid' },
});

/** What all messages have in common. Commands come from anybody, who may leave out all but what a repeat is known by. */
export const messageTraits = {
  event: trait('ce_specversion', 'ce_id', 'ce_type', 'ce_source', 'ce_subject', 'ce_time', 'content-type'),
  command: trait('ce_id'),
};

const traitOf = ({ topic }: AnyMessageType): keyof typeof messageTraits =>
  topic.endsWith('.events') ? 'event' : 'command';

/** `components.messages` and `components.schemas`: a message refers to the schema of its version. */
export function messageComponents(messages: readonly DocumentedMessage[]) {
  return {
    messages: Object.fromEntries(messages.map((message) => [message.name, messageObject(message)])),
    schemas: Object.fromEntries(messages.map((message) => [schemaName(message), schemaObject(message)])),
  };
}

const schemaName = ({ type, version }: DocumentedMessage) => `${nameOf(type)}.v${version}`;

function messageObject(message: DocumentedMessage) {
  const { type, version, isNewest } = message;
  const old = isNewest ? '' : ' Written by earlier releases, and read as the newest version.';
  return {
    name: nameOf(type),
    title: `${nameOf(type)}, version ${version}`,
    summary: docOf(message) + old,
    headers: { type: 'object', properties: { ce_type: { ...text, const: nameOf(type) } } },
    payload: { $ref: `#/components/schemas/${schemaName(message)}` },
    traits: [{ $ref: `#/components/messageTraits/${traitOf(type)}` }],
    bindings: { kafka: keyBinding(type) },
  };
}

const keyBinding = ({ key }: AnyMessageType) => ({
  key: { ...text, description: `The field ${key}` },
  schemaIdLocation: 'payload',
  schemaIdPayloadEncoding: 'confluent',
  schemaLookupStrategy: 'TopicRecordNameStrategy',
  bindingVersion: '0.5.0',
});

const schemaObject = ({ schema }: DocumentedMessage) => ({
  schemaFormat: 'application/vnd.apache.avro+json;version=1.9.0',
  schema,
});
