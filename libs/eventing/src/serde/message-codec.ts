import {
  type AnyMessageType,
  ConfigurationError,
  type Contract,
  EventingError,
  type Message,
} from '../domain/index.ts';
import type { Clock } from '../time/clock.ts';
import { avroType, type Resolver, type Type } from './avro.ts';
import { checkOf } from './avro-check.ts';
import {
  type RegisteredSchema,
  RegistryUnavailable,
  type SchemaRegistry,
  SchemaUnknown,
} from './schema-registry.ts';
import { Undecodable } from './undecodable.ts';
import { described, nameOf, writerType } from './writer-schema.ts';
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

interface Known {
  readonly type: AnyMessageType;
  readonly avro: Type;
}

/** How what was written with one schema is read. */
interface Writer {
  readonly known: Known;
  readonly resolver: Resolver;
  readonly check: (value: Buffer, from: number) => void;
}

/** Why nothing that was written with one schema is read. */
interface Unread {
  readonly why: string;
  /** Milliseconds of `elapsed`: what the registry did not know may have been registered since. */
  readonly askAgainAt: number;
}

const MAGIC = 0;
const PREFIX = 5;
const FIRST_BYTES = 4096;
/** avsc quotes whole schemas. */
const MOST_OF_MESSAGE = 300;
/** Ids that are remembered though nothing of theirs is read: garbage can have another one in each record. */
const MOST_UNREAD = 10_000;
/** Milliseconds after which the registry is asked again for an id that it did not know. */
const ASK_AGAIN_MS = 10_000;
/** Ids that one batch asks for at the same time. */
const AT_ONCE = 8;

/**
 * Messages to bytes and back, in the Confluent wire format: a zero, the schema's id, Avro. Written with the last
 * version of the contract; read from whatever version it was written with, as the last version. Ids are looked up
 * before (`ready`, `prepare`), so that encoding and decoding never wait.
 */
export class MessageCodec {
  private readonly registry: SchemaRegistry;
  private readonly clock: Clock;
  private readonly byName = new Map<string, Known>();
  private readonly byFullName = new Map<string, Known>();
  private readonly namespaces = new Set<string>();
  private readonly topics: ReadonlySet<string>;
  private readonly writerIds = new Map<string, number>();
  private readonly writers = new Map<number, Writer>();
  /** The oldest first. */
  private readonly unread = new Map<number, Unread>();
  private readonly lookups = new Map<number, Promise<void>>();
  /** What is being encoded: until its length is known. */
  private written = Buffer.allocUnsafe(FIRST_BYTES);

  constructor(registry: SchemaRegistry, contracts: readonly Contract[], clock: Clock) {
    this.registry = registry;
    this.clock = clock;
    this.topics = new Set(contracts.map(({ topic }) => topic));
    for (const type of contracts.flatMap(({ types }) => Object.values(types))) this.know(type);
  }

  /** Looks up the ids that messages are written with. Repeat it until it resolves: a registry may be down. */
  async ready(): Promise<void> {
    for (const [name, { type, avro }] of this.byName) {
      if (this.writerIds.has(name)) continue;
      const schema = type.versions.at(-1);
      if (schema) this.writerIds.set(name, await this.registry.idOf(`${type.topic}-${avro.name}`, schema));
    }
  }

  /** The topic, and the key field, of a type of message. Throws when the contracts do not have it. */
  typeOf(name: string): AnyMessageType {
    const known = this.byName.get(name);
    if (!known) throw unknownType(name);
    return known.type;
  }

  /** Whether a message of this type may be on the topic: its own, or one that no contract has, beside another topic. */
  mayBeOn(topic: string, type: AnyMessageType): boolean {
    return type.topic === topic || !this.topics.has(topic);
  }

  encode(message: Message): Buffer {
    const known = this.byName.get(message.type);
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

  /** Writes it behind where the prefix belongs. Answers where it ends. */
  private write(type: Type, data: unknown): number {
    const end = type.encode(data, this.written, PREFIX);
    if (end >= 0) return end;
    // Avro answers by how many bytes there were too few, less than none.
    this.written = Buffer.allocUnsafe(2 * (this.written.length - end));
    return type.encode(data, this.written, PREFIX);
  }

  /** Looks up the schemas that these values were written with. Rejects when the registry does not answer. */
  async prepare(values: readonly (Buffer | null)[]): Promise<void> {
    const asked = new Set<number>();
    for (const value of values) {
      const id = schemaId(value);
      if (id !== undefined && !this.isKnown(id)) asked.add(id);
    }
    if (asked.size === 0) return;
    // Before they are looked up: none of this batch is forgotten until it is decoded.
    for (const id of this.unread.keys()) {
      if (this.unread.size <= MOST_UNREAD) break;
      this.unread.delete(id);
    }
    const ids = asked.values();
    const some = async () => {
      for (const id of ids) await this.lookUp(id);
    };
    await Promise.all(Array.from({ length: AT_ONCE }, some));
  }

  /**
   * The type of message that a value's schema has, without decoding it; undefined where nothing of that schema is read. Call `prepare`
   * with the value first, as for `decode`.
   */
  typeIn(value: Buffer | null): AnyMessageType | undefined {
    const id = schemaId(value);
    if (id === undefined) return undefined;
    const writer = this.writers.get(id);
    if (!writer && !this.unread.has(id)) throw notLookedUp(id);
    return writer?.known.type;
  }

  /**
   * Throws Undecodable. Call `prepare` with the value first: what was not looked up, or was forgotten since, is
   * RegistryUnavailable, so that it is prepared again.
   */
  decode(value: Buffer | null): Message {
    const id = schemaId(value);
    if (id === undefined || !value)
      throw new Undecodable('The value does not start with a zero and a schema id');
    const writer = this.writers.get(id);
    if (!writer) {
      const unread = this.unread.get(id);
      if (unread) throw new Undecodable(unread.why);
      throw notLookedUp(id);
    }
    const { known, resolver, check } = writer;
    const type = known.type.type as string;
    try {
      check(value, PREFIX);
      return { type, data: known.avro.fromBuffer(value.subarray(PREFIX), resolver) as unknown } as Message;
    } catch (cause) {
      throw new Undecodable(`The value is not a ${type} of schema id ${id}: ${messageOf(cause)}`, {
        fields: { type, schemaId: id },
        cause,
      });
    }
  }

  private isKnown(id: number): boolean {
    return this.writers.has(id) || (this.unread.get(id)?.askAgainAt ?? 0) > this.clock.elapsed();
  }

  private know(type: AnyMessageType): void {
    const schema = type.versions.at(-1);
    if (!schema)
      throw new ConfigurationError(
        'SCHEMA_MISSING',
        `${type.type as string} has no schema: generate the contracts again`,
      );
    const avro = avroType(schema);
    const known: Known = { type, avro };
    this.byName.set(type.type as string, known);
    this.byFullName.set(avro.name ?? '', known);
    this.namespaces.add(namespaceIn(avro.name));
  }

  /** Once for all who ask at the same time. */
  private lookUp(id: number): Promise<void> {
    const before = this.lookups.get(id);
    if (before) return before;
    const lookup = this.learn(id)
      .then((learnt) => this.remember(id, learnt))
      .finally(() => this.lookups.delete(id));
    this.lookups.set(id, lookup);
    return lookup;
  }

  private remember(id: number, learnt: Writer | Unread): void {
    this.unread.delete(id);
    if ('why' in learnt) this.unread.set(id, learnt);
    else this.writers.set(id, learnt);
  }

  private async learn(id: number): Promise<Writer | Unread> {
    try {
      return await this.writerOf(await this.registry.schemaOf(id));
    } catch (error) {
      if (!(error instanceof SchemaUnknown)) throw error;
      return { why: error.message, askAgainAt: this.clock.elapsed() + ASK_AGAIN_MS };
    }
  }

  /** A name beside those of the contracts is no other team's, but a newer release's. */
  private unknown(schema: RegisteredSchema): string {
    const namespace = namespaceIn(nameOf(schema));
    return namespace && this.namespaces.has(namespace)
      ? `This release knows the namespace ${namespace}, but not ${described(schema)}: deploy the release that does, then redrive what was set aside`
      : `The contracts of this service do not have ${described(schema)}`;
  }

  /** A registry that has answered is not away, whatever it has answered: what cannot be read is the record's own fault. */
  private async writerOf(schema: RegisteredSchema): Promise<Writer | Unread> {
    if (schema.type !== 'AVRO')
      return unreadable(`The value was written with ${described(schema)}: only Avro is read`);
    const known = this.byFullName.get(nameOf(schema) ?? '');
    if (!known) return unreadable(this.unknown(schema));
    const references = await schema.references();
    try {
      const writer = writerType(schema.text, references);
      return { known, resolver: known.avro.createResolver(writer), check: checkOf(writer) };
    } catch (cause) {
      return unreadable(`${described(schema)} cannot be read as the contracts have it: ${messageOf(cause)}`);
    }
  }
}

const notLookedUp = (id: number) =>
  new RegistryUnavailable(`The schema id ${id} is to be looked up`, { fields: { schemaId: id } });

const unreadable = (why: string): Unread => ({ why, askAgainAt: Infinity });

/** Empty where there is none. */
const namespaceIn = (fullName = '') => fullName.slice(0, Math.max(0, fullName.lastIndexOf('.')));

const messageOf = (error: unknown) => (error as Error).message.slice(0, MOST_OF_MESSAGE);

/** Ids are positive: what has another one is garbage, and no registry is asked for it. */
function schemaId(value: Buffer | null): number | undefined {
  if (!value || value.length < PREFIX || value[0] !== MAGIC) return undefined;
  const id = value.readInt32BE(1);
  return id > 0 ? id : undefined;
}

const unknownType = (type: string, otherwise = '') =>
  new ConfigurationError('TYPE_UNKNOWN', `${type} is not in the contracts${otherwise}`, { fields: { type } });
