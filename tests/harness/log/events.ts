import avro from 'avsc';
import { LogError } from './log-error.ts';
import type { LoggedRecord } from './record-batch.ts';

export interface DomainEvent {
  readonly id: string;
  readonly type: string;
  /** The order's id, or the product's sku. */
  readonly subject: string;
  /** NaN when the event does not say. */
  readonly version: number;
  readonly causationId: string | undefined;
  readonly topic: string;
  readonly partition: number;
  readonly offset: bigint;
  /** Milliseconds since 1970-01-01 UTC. */
  readonly time: number;
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- each type has its own data
  readonly data: any;
}

const PREFIX = 5;

/** Decodes events with the schema that they were written with, and no other: what was written is what counts. */
export class EventDecoder {
  private readonly registryUrl: string;
  private readonly writers = new Map<number, avro.Type>();

  /** A registry with the Confluent API. */
  constructor(registryUrl: string) {
    this.registryUrl = registryUrl;
  }

  /**
   * Values hold a zero, the schema's id and Avro. Fails with a LogError: UNREADABLE for a value that is no event,
   * REGISTRY_UNAVAILABLE, retryable, when the registry does not answer.
   */
  async decode(records: readonly LoggedRecord[]): Promise<DomainEvent[]> {
    const ids = new Set(records.map(schemaIdOf));
    for (const id of ids) if (!this.writers.has(id)) this.writers.set(id, await this.schema(id));
    return records.map((record) => this.event(record));
  }

  private event(record: LoggedRecord): DomainEvent {
    const { topic, partition, offset, key, headers } = record;
    const writer = this.writers.get(schemaIdOf(record)) as avro.Type;
    const type = headers.get('ce_type') ?? '';
    if (type !== writer.name?.split('.').at(-1))
      throw unreadable(record, `is ${type} by its header and ${writer.name} by its schema`);
    return {
      id: headers.get('ce_id') ?? '',
      type,
      subject: headers.get('ce_subject') ?? key ?? '',
      version: Number(headers.get('aggregateversion') ?? NaN),
      causationId: headers.get('causationid'),
      topic,
      partition,
      offset,
      time: Date.parse(headers.get('ce_time') ?? ''),
      data: this.data(record, writer),
    };
  }

  private data(record: LoggedRecord, writer: avro.Type): unknown {
    try {
      return writer.fromBuffer((record.value as Buffer).subarray(PREFIX));
    } catch (cause) {
      throw unreadable(record, `does not fit its schema ${writer.name}`, cause);
    }
  }

  private async schema(id: number): Promise<avro.Type> {
    const url = `${this.registryUrl}/schemas/ids/${id}`;
    try {
      const answer = await fetch(url, { signal: AbortSignal.timeout(10_000) });
      if (!answer.ok) throw new Error(`status ${answer.status}`);
      const { schema } = (await answer.json()) as { schema: string };
      return avro.Type.forSchema(JSON.parse(schema) as avro.Schema);
    } catch (cause) {
      throw new LogError('REGISTRY_UNAVAILABLE', `The registry gave no schema at ${url}`, {
        retryable: true,
        cause,
      });
    }
  }
}

function schemaIdOf(record: LoggedRecord): number {
  const { value } = record;
  if (!value || value.length < PREFIX || value[0] !== 0)
    throw unreadable(record, 'does not start with a zero and the id of a schema');
  return value.readInt32BE(1);
}

const unreadable = ({ topic, partition, offset }: LoggedRecord, why: string, cause?: unknown) =>
  new LogError('UNREADABLE', `The value at ${topic}-${partition}@${offset} ${why}`, {
    retryable: false,
    cause,
  });
