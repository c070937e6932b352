import {
  type AnyMessageType,
  ConfigurationError,
  type Contract,
  EventingError,
  type Message,
  type Part,
  partsOf,
} from '../domain/index.ts';
import type { Clock } from '../time/clock.ts';
import type { Type } from './avro.ts';
import { KnownTypes } from './known-types.ts';
import type { SchemaRegistry } from './schema-registry.ts';
import { Undecodable } from './undecodable.ts';
import { MAGIC, PREFIX } from './wire-format.ts';
import { decodedBy } from './writer.ts';
import { Writers } from './writers.ts';
import { loneSurrogateIn } from './written-text.ts';

export { Undecodable };

/** A text that cannot be written: a lone surrogate is no character. Whoever made the message can never send it. */
export class UnwritableText extends EventingError {
  constructor(type: string, field: string) {
    super('UNWRITABLE_TEXT', `${type} has a lone surrogate in ${field}: it cannot be written`, {
      fields: { type, field },
    });
  }
}

/** What was written, before upcasters made something else of it. */
export interface Original {
  readonly type: string;
  /** The number of the schema that it was written with; undefined when the contract does not have it: then `data` may lack fields. */
  readonly version: number | undefined;
  /** As the last version of that type has it. */
  readonly data: unknown;
}

/** The messages in a value, of current types and never none; and what was written, if that is something else. */
export interface ReadValue {
  readonly parts: readonly Part[];
  readonly original: Original | undefined;
}

const FIRST_BYTES = 4096;

/**
 * Messages to bytes and back, in the Confluent wire format. Written with the last version of the contract; read from whatever version
 * it was written with, as the last version and, where its type is a former one, as what the upcasters make of it. Ids are looked up
 * before (`ready`, `prepare`), so that encoding and decoding never wait.
 */
export class MessageCodec {
  private readonly registry: SchemaRegistry;
  private readonly types: KnownTypes;
  private readonly writers: Writers;
  private readonly writerIds = new Map<string, number>();
  /** What is being encoded: until its length is known. */
  private written = Buffer.allocUnsafe(FIRST_BYTES);

  constructor(registry: SchemaRegistry, contracts: readonly Contract[], clock: Clock) {
    this.registry = registry;
    this.types = new KnownTypes(contracts);
    this.writers = new Writers(registry, this.types, clock);
  }

  /** Looks up the ids that messages are written with. Repeat it until it resolves: a registry may be down. */
  async ready(): Promise<void> {
    for (const [name, { type, avro, schema }] of this.types.all) {
      if (this.writerIds.has(name)) continue;
      const id = await this.registry.idOf(`${type.topic}-${avro.name}`, schema);
      this.writerIds.set(name, id);
      this.writers.saw(id, avro.name);
    }
  }

  /** The topic, and the key field, of a type of message. Throws when the contracts do not have it. */
  typeOf(name: string): AnyMessageType {
    const known = this.types.all.get(name);
    if (!known) throw unknownType(name);
    return known.type;
  }

  /** Whether a message of this type may be on the topic: its own, or one that no contract has, beside another topic. */
  mayBeOn(topic: string, type: AnyMessageType): boolean {
    return type.topic === topic || !this.types.hasTopic(topic);
  }

  encode(message: Message): Buffer {
    const known = this.types.all.get(message.type);
    const id = this.writerIds.get(message.type);
    if (!known || id === undefined) throw unknownType(message.type, ', or its schema id was not looked up');
    const unwritable = loneSurrogateIn(message.data);
    if (unwritable !== undefined) throw new UnwritableText(message.type, unwritable);
    const end = this.write(known.avro, message.data);
    const bytes = Buffer.allocUnsafe(end);
    this.written.copy(bytes, 0, 0, end);
    bytes[0] = MAGIC;
    bytes.writeInt32BE(id, 1);
    return bytes;
  }

  /** Looks up the schemas that these values were written with. Rejects when the registry does not answer. */
  prepare(values: readonly (Buffer | null)[]): Promise<void> {
    return this.writers.prepare(values);
  }

  /**
   * The type of message that a value's schema has, without decoding it; undefined where nothing of that schema is read. Call `prepare`
   * with the value first, as for `decode`.
   */
  typeIn(value: Buffer | null): AnyMessageType | undefined {
    return this.writers.find(value)?.known.type;
  }

  /** The names of the current types that messages of this type come to. */
  newestOf({ type }: AnyMessageType): readonly string[] {
    return this.types.all.get(type as string)?.newest ?? [];
  }

  /** The messages of current types in a value. Throws UpcastFailed, and what `decode` throws. */
  read(value: Buffer | null): ReadValue {
    const writer = this.writers.of(value);
    const message = decodedBy(writer, value as Buffer);
    const { contract, newest: types } = writer.known;
    if (types[0] === message.type) return { parts: [{ message, path: '' }], original: undefined };
    return { parts: partsOf(contract, message), original: { ...message, version: writer.version } };
  }

  /** What was written, and with which version. Throws what `decode` throws. */
  original(value: Buffer | null): Original {
    const writer = this.writers.of(value);
    return { ...decodedBy(writer, value as Buffer), version: writer.version };
  }

  /**
   * The message as it was written, of a former type, too. Throws Undecodable. Call `prepare` with the value first: what was not looked
   * up, or was forgotten since, is RegistryUnavailable, so that it is prepared again.
   */
  decode(value: Buffer | null): Message {
    return decodedBy(this.writers.of(value), value as Buffer);
  }

  /** Writes it behind where the prefix belongs. Answers where it ends. */
  private write(type: Type, data: unknown): number {
    const end = type.encode(data, this.written, PREFIX);
    if (end >= 0) return end;
    // Avro answers by how many bytes there were too few, less than none.
    this.written = Buffer.allocUnsafe(2 * (this.written.length - end));
    return type.encode(data, this.written, PREFIX);
  }
}

const unknownType = (type: string, otherwise = '') =>
  new ConfigurationError('TYPE_UNKNOWN', `${type} is not in the contracts${otherwise}`, { fields: { type } });
