import type { AnyMessageType, Contract, Message } from '../domain/index.ts';
import { avroType, type Resolver, type Type } from './avro.ts';
import { type SchemaRegistry, SchemaUnknown } from './schema-registry.ts';

/** Bytes that no reader schema of the contracts can make sense of: they never will. */
export class Undecodable extends Error {
  override readonly name = 'Undecodable';
  readonly code = 'UNDECODABLE';
  readonly retryable = false;
  askAgainAt = Infinity;
}

interface Known {
  readonly type: AnyMessageType;
  readonly avro: Type;
  readonly resolvers: Map<number, Resolver>;
}

const MAGIC = 0;
const PREFIX = 5;

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
  private readonly writers = new Map<number, Known | Undecodable>();

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
      if (id !== undefined && !this.isKnown(id)) this.writers.set(id, await this.learn(id));
    }
  }

  /** Throws Undecodable. Call `prepare` with the value first. */
  decode(value: Buffer | null): Message {
    const id = schemaId(value);
    if (id === undefined || !value)
      throw new Undecodable('The value does not start with a zero and a schema id');
    const known = this.writers.get(id);
    if (!known) throw new Error(`The schema id ${id} was not looked up`);
    if (known instanceof Undecodable) throw known;
    try {
      const data: unknown = known.avro.fromBuffer(value.subarray(PREFIX), known.resolvers.get(id));
      return { type: known.type.type as string, data } as Message;
    } catch (cause) {
      throw new Undecodable(`The value is not a ${known.type.type as string} of schema id ${id}`, { cause });
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
    const known: Known = { type, avro, resolvers: new Map() };
    this.byName.set(type.type as string, known);
    this.byFullName.set(avro.name ?? '', known);
  }

  private async learn(id: number): Promise<Known | Undecodable> {
    try {
      const writer = avroType(await this.registry.schemaOf(id));
      const known = this.byFullName.get(writer.name ?? '');
      if (!known)
        return new Undecodable(
          `The contracts of this service do not have ${writer.name ?? 'this type'} (schema id ${id})`,
        );
      known.resolvers.set(id, known.avro.createResolver(writer));
      return known;
    } catch (error) {
      if (error instanceof SchemaUnknown)
        return Object.assign(new Undecodable(error.message, { cause: error }), {
          askAgainAt: Date.now() + 10_000,
        });
      if ((error as { unavailable?: boolean }).unavailable) throw error;
      return new Undecodable(`The schema id ${id} cannot be read as its reader's type`, { cause: error });
    }
  }
}

function schemaId(value: Buffer | null): number | undefined {
  return value && value.length >= PREFIX && value[0] === MAGIC ? value.readInt32BE(1) : undefined;
}
