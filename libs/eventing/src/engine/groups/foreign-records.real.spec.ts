import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { failureIn, divertingGroup, type DivertingGroup } from '../../testing/diverting-group.ts';
import { FAILURE } from '../../failures/failure-headers.ts';
import type { KafkaClient } from '../../kafka/client.ts';
import { type ConsumedRecord, header, type OutgoingRecord } from '../../log/record.ts';
import { counters } from '../../testing/counters.ts';
import { decidingGroup } from '../../testing/deciding-group.ts';
import { avroText, foreignSchema, framed } from '../../testing/foreign-schema.ts';
import { scratchClient, until } from '../../testing/scratch-broker.ts';

const notUtf8 = Buffer.from([0x61, 0xff]);
const loneSurrogate = Buffer.from([0xed, 0xa0, 0x80]);
const reasonOf = ({ headers }: ConsumedRecord) => header(headers, FAILURE.lastMessage);

describe("other people's records, to a decider", () => {
  let client: KafkaClient;
  let group: Awaited<ReturnType<typeof decidingGroup>> | undefined;
  beforeAll(() => void (client = scratchClient()));
  afterAll(() => client.close());
  afterEach(() => group?.stop());

  const metadata = (id: string) => ({ id, time: 1, correlationId: id });

  /** Runs a decider whose command has a list of notes; `foreign` makes records from one that it could handle. */
  async function deadLettersOf(
    foreign: (record: OutgoingRecord, schemaId: number) => Promise<OutgoingRecord[]> | OutgoingRecord[],
  ): Promise<ConsumedRecord[]> {
    const platform = counters(['notes', { type: 'array', items: 'string' }]);
    const parts = (group = await decidingGroup(client, platform));
    const { builder, appender } = parts;
    const good = (id: string) =>
      builder.record(platform.Add({ id: 'a', amount: 1, notes: [] } as never), metadata(id));
    const records = await foreign(good('foreign'), good('any').value?.readInt32BE(1) ?? 0);
    for (const record of records) await appender.append(record);
    await appender.append(good('next'));
    parts.start();
    await until(async () => (await parts.events()).length === 1);
    const letters = await parts.deadLetters();
    expect(letters.map(({ value }) => value)).toEqual(records.map(({ value }) => value));
    return letters;
  }

  it('that announce thirty million items in 60 bytes are one dead letter each, at once', async () => {
    const [letter] = await deadLettersOf((record, schemaId) => {
      const announced = Buffer.from([0x80, 0x8e, 0xce, 0x1c]);
      const value = framed(schemaId, avroText('a'.repeat(48)), Buffer.from([2]), announced, Buffer.from([0]));
      expect(value).toHaveLength(60);
      return [{ ...record, value }];
    });
    expect(letter && failureIn(letter)).toMatchObject({ attempts: 1, last: { errorClass: 'Undecodable' } });
    expect(letter && reasonOf(letter)).toContain(
      ': notes announces 30000000 items, and 1 bytes are left (byte 59 of 60)',
    );
  });

  it('of a schema that is no Avro, or not of the contracts, are dead letters that name it', async () => {
    let ids: number[] = [];
    const letters = await deadLettersOf(async (record) => {
      const draft = { $schema: 'https://json-schema.org/draft/2020-12/schema', title: 'Delivery note' };
      const largest = `{"type":"record","name":"Big","fields":[{"name":"n","type":"long","default":${2n ** 63n - 1n}}]}`;
      ids = [(await foreignSchema(draft, 'JSON')).id, (await foreignSchema(largest)).id];
      return ids.map((id) => ({ ...record, value: framed(id, Buffer.from('{"id":"a"}')) }));
    });
    expect(letters.map(reasonOf)).toEqual([
      `The value was written with Delivery note (JSON, schema id ${ids[0]}): only Avro is read`,
      `The contracts of this service do not have Big (AVRO, schema id ${ids[1]})`,
    ]);
  });

  it('with text that is not UTF-8, wherever it stands, are dead letters, and no text is made up', async () => {
    const letters = await deadLettersOf((record, schemaId) => {
      const value = (id: Buffer | string, note: Buffer) =>
        framed(schemaId, avroText(id), Buffer.from([2, 2]), avroText(note), Buffer.from([0]));
      const named = (name: string) =>
        record.headers.map(([candidate, old]) => [candidate, candidate === name ? notUtf8 : old] as const);
      return [
        { ...record, value: value(notUtf8, Buffer.from('note')) },
        { ...record, value: value('a', loneSurrogate) },
        { ...record, key: notUtf8 },
        { ...record, headers: named('ce_id') },
        { ...record, headers: named('ce_type') },
        { ...record, headers: [...record.headers, ['ce_extension', loneSurrogate]] },
      ];
    });
    expect(letters.map(reasonOf)).toEqual([
      expect.stringContaining(': id is not valid UTF-8'),
      expect.stringContaining(': notes[0] is not valid UTF-8'),
      'The key is not valid UTF-8',
      'The header ce_id is not valid UTF-8',
      'The header ce_type is not valid UTF-8',
      'The header ce_extension is not valid UTF-8',
    ]);
  });
});

describe("other people's records, to a policy", () => {
  let client: KafkaClient;
  let group: DivertingGroup | undefined;
  beforeAll(() => void (client = scratchClient()));
  afterAll(() => client.close());
  afterEach(() => group?.stop());

  it('whose type is not UTF-8 are dead letters (nobody was told), and other bytes stay as they were', async () => {
    const parts = (group = await divertingGroup(client, { kind: 'policy' }, () => undefined));
    const record = parts.builder.record(parts.Rung({ door: 'a', times: 1 }), {
      id: 'x',
      time: 1,
      correlationId: 'x',
    });
    const bytes = ['their-own', Buffer.from([0xff, 0, 0xfe])] as const;
    const typed = record.headers.map(([name, old]) => [name, name === 'ce_type' ? notUtf8 : old] as const);
    await parts.appender.append({ ...record, headers: [...typed, bytes] });
    await parts.appender.append({ ...record, headers: [...record.headers, bytes] });
    parts.start();
    await until(async () => (await parts.handled()).length === 1);
    const letters = await parts.deadLetters();
    expect(letters.map(reasonOf)).toEqual(['The header ce_type is not valid UTF-8']);
    expect(letters[0]?.headers.slice(0, typed.length + 1)).toEqual([...typed, bytes]);
  });
});
