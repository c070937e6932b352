import { isDeepStrictEqual } from 'node:util';
import type { AvroSchema } from '@atelier/eventing/domain';
import type { ConsumedRecord } from '@atelier/eventing/log';
import type { SchemaRegistry } from '@atelier/eventing/serde';
import { textIn } from './observed.ts';

interface Reference {
  readonly $ref: string;
}

/** What an AsyncAPI document says of messages. */
export interface Documented {
  /** By topic; messages by name: the type, and of older versions the version. */
  readonly channels: Readonly<Record<string, { readonly messages: Readonly<Record<string, Reference>> }>>;
  readonly components: {
    readonly messages: Readonly<Record<string, { readonly name: string; readonly payload: Reference }>>;
    readonly schemas: Readonly<Record<string, { readonly schema: object }>>;
  };
}

/** Which message of a document a record is: by the schema that it was written with, and by what its header says. */
export class DocumentedMessages {
  private readonly document: Documented;
  private readonly registry: SchemaRegistry;
  /** By topic and schema id. */
  private readonly found = new Map<string, Promise<Found>>();

  constructor(document: Documented, registry: SchemaRegistry) {
    this.document = document;
    this.registry = registry;
  }

  /** The name of the record's message, and whether its topic's channel has that; otherwise what it is instead. */
  async of(record: ConsumedRecord): Promise<Found> {
    const { topic, value } = record;
    const type = textIn(record, 'ce_type');
    const id = value && value.length > 5 ? value.readInt32BE(1) : 0;
    const { name, isDocumented } = await this.written(topic, id);
    if (!isDocumented || this.document.components.messages[name]?.name === type)
      return { name, isDocumented };
    return { name: `${name}, which says that it is ${type}`, isDocumented: false };
  }

  private written(topic: string, id: number): Promise<Found> {
    const key = `${topic} ${id}`;
    const before = this.found.get(key);
    if (before) return before;
    const found = this.find(topic, id);
    this.found.set(key, found);
    return found;
  }

  private async find(topic: string, id: number): Promise<Found> {
    const { text } = await this.registry.schemaOf(id);
    const schema = JSON.parse(text) as AvroSchema;
    const names = Object.keys(this.document.channels[topic]?.messages ?? {});
    const name = names.find((each) => isDeepStrictEqual(this.schemaNamed(each), schema));
    return name === undefined
      ? { name: `schema id ${id}, a version of ${schema.name}`, isDocumented: false }
      : { name, isDocumented: true };
  }

  private schemaNamed(message: string): object | undefined {
    const { messages, schemas } = this.document.components;
    const payload = messages[message]?.payload.$ref.split('/').at(-1);
    return schemas[payload ?? '']?.schema;
  }
}

interface Found {
  readonly name: string;
  readonly isDocumented: boolean;
}
