import type { AnyMessageType, Contract, Message } from '../domain/index.ts';
import { avroType, type Resolver, type Type } from './avro.ts';
import { checkOf } from './avro-check.ts';
import { type RegisteredSchema, type SchemaRegistry, SchemaUnknown } from './schema-registry.ts';
import { Undecodable } from './undecodable.ts';
import { described, nameOf, writerType } from './writer-schema.ts';
import { loneSurrogateIn } from './written-text.ts';

export { Undecodable };

/** A text that cannot be written: a lone surrogate is no character. Whoever made the message can never send it. */
export class UnwritableText extends Error {
  override readonly name = 'UnwritableText';
  readonly code = 'UNWRITABLE_TEXT';
  readonly retryable = false;
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

const MAGIC = 0;
const PREFIX = 5;
/** avsc quotes whole schemas. */
const MOST_OF_MESSAGE = 300;

/**
 * Messages to bytes and back, in the Confluent wire format: a zero, the schema's id, Avro. Written with the last
 * version of the contract; read from whatever version it was written with, as the last version. Ids are looked up
 * before (`ready`, `prepare`), so that encoding and decoding never wait.
 */
export class MessageCodec {
  private readonly registry: SchemaRegistry;
  private readonly byName = new Map<string, Known>();
  private readonly byFullName = new Map<string, Known>();
  private readonly writerIds = new Map<string, number>();
  private readonly writers = new Map<number, Writer | Undecodable>();
  private readonly lookups = new Map<number, Promise<void>>();

  constructor(registry: SchemaRegistry, contracts: readonly Contract[]) {
    this.registry = registry;
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
    if (!known) throw new Error(`${name} is not in the contracts`);
    return known.type;
  }

  encode(message: Message): Buffer {
    const known = this.byName.get(message.type);
    const id = this.writerIds.get(message.type);
    if (!known || id === undefined)
      throw new Error(`${message.type} is not in the contracts, or its schema id was not looked up`);
    const unwritable = loneSurrogateIn(message.data);
    if (unwritable !== undefined)
      throw new UnwritableText(`${message.type} has a lone surrogate in ${unwritable}: it cannot be written`);
    const body = known.avro.toBuffer(message.data);
    const bytes = Buffer.allocUnsafe(PREFIX + body.length);
    bytes[0] = MAGIC;
    bytes.writeInt32BE(id, 1);
    body.copy(bytes, PREFIX);
    return bytes;
  }

  /** Looks up the schemas that these values were written with. Rejects when the registry does not answer. */
  async prepare(values: readonly (Buffer | null)[]): Promise<void> {
    for (const value of values) {
      const id = schemaId(value);
      if (id !== undefined && !this.isKnown(id)) await this.lookUp(id);
    }
  }

  /** Throws Undecodable. Call `prepare` with the value first. */
  decode(value: Buffer | null): Message {
    const id = schemaId(value);
    if (id === undefined || !value)
      throw new Undecodable('The value does not start with a zero and a schema id');
    const writer = this.writers.get(id);
    if (!writer) throw new Error(`The schema id ${id} was not looked up`);
    if (writer instanceof Undecodable) throw writer;
    const { known, resolver, check } = writer;
    const type = known.type.type as string;
    try {
      check(value, PREFIX);
      return { type, data: known.avro.fromBuffer(value.subarray(PREFIX), resolver) as unknown } as Message;
    } catch (cause) {
      throw new Undecodable(`The value is not a ${type} of schema id ${id}: ${messageOf(cause)}`, { cause });
    }
  }

  /** What the registry did not know is asked again after a while: it may have been registered since. */
  private isKnown(id: number): boolean {
    const known = this.writers.get(id);
    return known !== undefined && !(known instanceof Undecodable && known.askAgainAt < Date.now());
  }

  private know(type: AnyMessageType): void {
    const schema = type.versions.at(-1);
    if (!schema) throw new Error(`${type.type as string} has no schema`);
    const avro = avroType(schema);
    const known: Known = { type, avro };
    this.byName.set(type.type as string, known);
    this.byFullName.set(avro.name ?? '', known);
  }

  /** Once for all who ask at the same time. */
  private lookUp(id: number): Promise<void> {
    const before = this.lookups.get(id);
    if (before) return before;
    const lookup = this.learn(id)
      .then((writer) => void this.writers.set(id, writer))
      .finally(() => this.lookups.delete(id));
    this.lookups.set(id, lookup);
    return lookup;
  }

  private async learn(id: number): Promise<Writer | Undecodable> {
    try {
      return await this.writerOf(await this.registry.schemaOf(id));
    } catch (error) {
      if (!(error instanceof SchemaUnknown)) throw error;
      return Object.assign(new Undecodable(error.message, { cause: error }), {
        askAgainAt: Date.now() + 10_000,
      });
    }
  }

  /** A registry that has answered is not away, whatever it has answered: what cannot be read is the record's own fault. */
  private async writerOf(schema: RegisteredSchema): Promise<Writer | Undecodable> {
    if (schema.type !== 'AVRO')
      return new Undecodable(`The value was written with ${described(schema)}: only Avro is read`);
    const known = this.byFullName.get(nameOf(schema) ?? '');
    if (!known) return new Undecodable(`The contracts of this service do not have ${described(schema)}`);
    const references = await schema.references();
    try {
      const writer = writerType(schema.text, references);
      return { known, resolver: known.avro.createResolver(writer), check: checkOf(writer) };
    } catch (cause) {
      const why = messageOf(cause);
      return new Undecodable(`${described(schema)} cannot be read as the contracts have it: ${why}`, {
        cause,
      });
    }
  }
}

const messageOf = (error: unknown) => (error as Error).message.slice(0, MOST_OF_MESSAGE);

function schemaId(value: Buffer | null): number | undefined {
  return value && value.length >= PREFIX && value[0] === MAGIC ? value.readInt32BE(1) : undefined;
}
