import 'reflect-metadata';
import { stringifyExactly } from '@atelier/contracts';
import { type Placed, Policy, Project, Projection, Whenever } from '@atelier/eventing';
import { type AnyMessageType, deadLetterTopic, type Message } from '@atelier/eventing/domain';
import { type ConsumedRecord, header } from '@atelier/eventing/log';
import { type GroupHost, type GroupUnderTest, runGroup } from '@atelier/eventing/testing';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type Kysely, sql } from 'kysely';
import { onKafka } from '../../libs/eventing/fixtures/kafka-host.ts';
import { readAll } from '../../libs/eventing/fixtures/log-reading.ts';
import { scratchClient, scratchName, scratchSpec } from '../../libs/eventing/fixtures/scratch-broker.ts';
import { scratchReadModel, type ScratchReadModel } from '../../libs/eventing/fixtures/scratch-read-model.ts';
import { until } from '../../libs/eventing/fixtures/until.ts';
import { RecordBuilder } from '../../libs/eventing/src/serde/record-builder.ts';
import {
  type Data,
  first,
  fourth,
  type OrderRelease,
  orderReleases,
  second,
  third,
} from './order-releases.ts';

const web = { channel: 'web' };
const noContact = { contact: '' };
/** What each release reads of what each has written, in the order of releases; null is set aside. */
const read: readonly (readonly (Data | null)[])[] = [
  [first, first, first, null],
  [{ ...first, ...web }, second, second, null],
  [{ ...first, ...web, ...noContact }, { ...second, ...noContact }, third, null],
  [{ ...fourth, ...web }, fourth, fourth, fourth],
];

const TOPIC = `${scratchName('orders')}.events`;
const EACH = 3;
const releases = orderReleases(TOPIC);
const orderId = (writer: number, n: number) => `${n}-of-${writer + 1}`;
const asJson = (value: unknown): Data => JSON.parse(stringifyExactly(value)) as Data;

/** A group of one release, and what it has read: by the order's id. */
interface Reader {
  readonly handler: object;
  readonly group: string;
  readonly read: () => Promise<ReadonlyMap<string, object>>;
}

function policy({ type }: OrderRelease, name: string): Reader {
  const group = `${name}.policy`;
  const seen = new Map<string, object>();
  @Policy({ group: group as never })
  class Following {
    @Whenever(type)
    placed({ type: name, data }: Message): [] {
      seen.set((data as { orderId: string }).orderId, asJson({ type: name, data }));
      return [];
    }
  }
  return { handler: new Following(), group, read: async () => seen };
}

function projection({ type }: OrderRelease, name: string, database: Kysely<unknown>): Reader {
  @Projection({ name: `${name}.projection` as never, version: 1 })
  class Rows {
    @Project(type)
    async write(events: readonly Placed[], rows: Kysely<unknown>): Promise<void> {
      for (const { type: name, data } of events)
        await sql`insert into orders_read values (${group}, ${stringifyExactly({ type: name, data })})`.execute(
          rows,
        );
    }
  }
  const group = `projections.${name}.projection.v1`;
  const read = async () => {
    const found = await sql<{ message: { data: { orderId: string } } }>`
      select message from orders_read where reader = ${group}`.execute(database);
    return new Map(found.rows.map(({ message }) => [message.data.orderId, message]));
  };
  return { handler: new Rows(), group, read };
}

describe('four releases with one topic, which all of them write and read', () => {
  const client = scratchClient();
  const running: GroupUnderTest[] = [];
  /** By release. */
  const hosts: GroupHost[] = [];
  const readers: Readonly<Record<string, Reader>>[] = [];
  const letters = new Map<string, readonly ConsumedRecord[]>();
  let rows: ScratchReadModel;

  beforeAll(async () => {
    rows = await scratchReadModel();
    await sql`create table orders_read (reader text, message jsonb)`.execute(rows.database);
    for (const { contract } of releases) hosts.push(await onKafka(client)([contract], 1));
    await follow('live');
    for (let n = 0; n < EACH; n++)
      for (const writer of releases.keys()) await write(writer, orderId(writer, n));
    await follow('replayed');
    await until(async () => (await Promise.all(groups().map(hasAll))).every(Boolean));
  });
  afterAll(async () => {
    await Promise.all(running.map((group) => group.stop()));
    await client.close();
    await rows?.drop();
  });

  async function follow(how: string): Promise<void> {
    const started = releases.map(async (release, at) => {
      const name = `${scratchName(`release-${at + 1}`)}.${how}`;
      const own = { policy: policy(release, name), projection: projection(release, name, rows.database) };
      readers[at] = {
        ...readers[at],
        [`${how}: policy`]: own.policy,
        [`${how}: projection`]: own.projection,
      };
      for (const { handler } of Object.values(own))
        running.push(await runGroup(handler, { broker: hosts[at] as GroupHost, database: rows.database }));
    });
    await Promise.all(started);
  }

  async function write(writer: number, id: string): Promise<void> {
    const { type, writes } = releases[writer] as OrderRelease;
    const { codec, cluster } = hosts[writer] as GroupHost;
    const builder = new RecordBuilder(codec, { topics: [scratchSpec(TOPIC)], groups: [] }, 'spec');
    const metadata = { id: `placed-${id}`, time: 1, correlationId: id };
    await cluster.appender().append(builder.record(type({ orderId: id, ...writes }), metadata));
  }

  const groups = () => readers.flatMap((own) => Object.values(own));

  async function hasAll({ group, read }: Reader): Promise<boolean> {
    const set = await readAll((hosts[0] as GroupHost).cluster.log, deadLetterTopic(group, TOPIC));
    letters.set(group, set);
    return (await read()).size + set.length === EACH * releases.length;
  }

  const cells = [...releases.keys()].flatMap((reader) =>
    [...releases.keys()].map((writer) => [reader + 1, writer + 1] as const),
  );

  it.each(cells)(
    '%i reads what %i has written, as the table says, live and replayed',
    async (reader, writer) => {
      const orders = Array.from({ length: EACH }, (_, n) => orderId(writer - 1, n));
      const data = read[reader - 1]?.[writer - 1];
      const { type } = releases[reader - 1] as { type: AnyMessageType };
      const expected = {
        read: data ? orders.map((orderId) => asJson({ type: type.type, data: { orderId, ...data } })) : [],
        setAside: data ? [] : orders,
      };
      for (const [how, own] of Object.entries(readers[reader - 1] ?? {})) {
        const found = await own.read();
        const aside = (letters.get(own.group) ?? []).map(({ key }) => String(key));
        expect({
          how,
          read: orders.flatMap((id) => found.get(id) ?? []),
          setAside: orders.filter((id) => aside.includes(id)),
        }).toEqual({ how, ...expected });
      }
    },
  );

  it('sets aside under a name that says which type it does not know', () => {
    for (const { group } of Object.values(readers[0] ?? {})) {
      const [letter] = letters.get(group) ?? [];
      expect(header(letter?.headers ?? [], 'ce_type')).toBe('OrderSubmitted');
      expect(String(letter?.headers)).toContain('atelier.orders.OrderSubmitted');
    }
  });
});
