import type { Clock } from '../time/clock.ts';
import type { KnownTypes } from './known-types.ts';
import { NewestKnown } from './newest-known.ts';
import { RegistryUnavailable, type SchemaRegistry, SchemaUnknown } from './schema-registry.ts';
import { Undecodable } from './undecodable.ts';
import { schemaId } from './wire-format.ts';
import { type Unread, type Writer, writerOf } from './writer.ts';

/** Ids that are remembered though nothing of theirs is read: garbage can have another one in each record. */
const MOST_UNREAD = 10_000;
/** Milliseconds after which the registry is asked again for an id that it did not know. */
const ASK_AGAIN_MS = 10_000;
/** Ids that one batch asks for at the same time. */
const AT_ONCE = 8;

/** How values are read, by the schema that they were written with: each is looked up once, when the first one of its values comes. */
export class Writers {
  private readonly registry: SchemaRegistry;
  private readonly types: KnownTypes;
  private readonly newest: NewestKnown;
  private readonly clock: Clock;
  private readonly writers = new Map<number, Writer>();
  /** The oldest first. */
  private readonly unread = new Map<number, Unread>();
  private readonly lookups = new Map<number, Promise<void>>();

  constructor(registry: SchemaRegistry, types: KnownTypes, clock: Clock) {
    this.registry = registry;
    this.newest = new NewestKnown(registry);
    this.types = types;
    this.clock = clock;
  }

  /** The registry has this schema, of this full name: nothing is decided by one that has it no more. */
  saw(id: number, name: string | undefined): void {
    this.newest.saw(id, name);
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

  /** Undefined where nothing of the value's schema is read. Throws RegistryUnavailable for what was not prepared. */
  find(value: Buffer | null): Writer | undefined {
    const id = schemaId(value);
    if (id === undefined) return undefined;
    const writer = this.writers.get(id);
    if (!writer && !this.unread.has(id)) throw notLookedUp(id);
    return writer;
  }

  /** As `find`, but throws Undecodable where nothing of the schema is read. */
  of(value: Buffer | null): Writer {
    const writer = this.find(value);
    if (writer) return writer;
    const unread = this.unread.get(schemaId(value) ?? 0);
    if (!unread) throw new Undecodable('The value does not start with a zero and a schema id');
    const { why, unknown } = unread;
    throw new Undecodable(why, unknown === undefined ? {} : { unknown });
  }

  private isKnown(id: number): boolean {
    return this.writers.has(id) || (this.unread.get(id)?.askAgainAt ?? 0) > this.clock.elapsed();
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
    if ('why' in learnt) return void this.unread.set(id, learnt);
    this.writers.set(id, learnt);
    this.saw(id, learnt.known.avro.name);
  }

  private async learn(id: number): Promise<Writer | Unread> {
    try {
      return await writerOf(await this.registry.schemaOf(id), this.types);
    } catch (error) {
      if (!(error instanceof SchemaUnknown)) throw error;
      await this.newest.confirm();
      return { why: error.message, askAgainAt: this.clock.elapsed() + ASK_AGAIN_MS };
    }
  }
}

const notLookedUp = (id: number) =>
  new RegistryUnavailable(`The schema id ${id} is to be looked up`, { fields: { schemaId: id } });
