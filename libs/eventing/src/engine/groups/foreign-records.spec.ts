import { afterEach, describe, expect, it } from '@jest/globals';
import { Deciding } from '../../../fixtures/deciding.ts';
import { avroText, framed } from '../../../fixtures/foreign-schema.ts';
import { inMemory } from '../../../fixtures/hosts.ts';
import { failureIn, type Ringing, ringing } from '../../../fixtures/ringing.ts';
import { there } from '../../../fixtures/there.ts';
import { FAILURE } from '../../failures/failure-headers.ts';
import { type ConsumedRecord, header, type OutgoingRecord } from '../../log/record.ts';
import type { SpecBroker } from '../../testing/spec-broker.ts';

const notUtf8 = Buffer.from([0x61, 0xff]);
const loneSurrogate = Buffer.from([0xed, 0xa0, 0x80]);
const reasonOf = ({ headers }: ConsumedRecord) => header(headers, FAILURE.lastMessage);

describe("other people's records, to a decider", () => {
  let deciding: Deciding | undefined;
  afterEach(() => deciding?.stop());

  /** Runs a decider whose command has a list of notes; `foreign` makes records from one that it could handle. */
  async function deadLettersOf(
    foreign: (record: OutgoingRecord, schemaId: number, broker: SpecBroker) => OutgoingRecord[],
  ): Promise<ConsumedRecord[]> {
    const { broker, builder, platform } = (deciding = new Deciding(undefined, [
      'notes',
      { type: 'array', items: 'string' },
    ]));
    await broker.codec.ready();
    const good = (id: string) =>
      builder.record(platform.Add({ id: 'a', amount: 1, notes: [] } as never), {
        id,
        time: 1,
        correlationId: id,
      });
    const records = foreign(good('foreign'), good('any').value?.readInt32BE(1) ?? 0, broker);
    for (const record of [...records, good('next')]) deciding.append(record);
    await deciding.start();
    await broker.idle();
    expect(await deciding.said()).toHaveLength(1);
    const letters = await deciding.deadLetters();
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
    const letters = await deadLettersOf((record, _, { registry }) => {
      const draft = { $schema: 'https://json-schema.org/draft/2020-12/schema', title: 'Delivery note' };
      const largest = `{"type":"record","name":"Big","fields":[{"name":"n","type":"long","default":${2n ** 63n - 1n}}]}`;
      ids = [registry.register(JSON.stringify(draft), 'JSON'), registry.register(largest)];
      return ids.map((id) => ({ ...record, value: framed(id, Buffer.from('{"id":"a"}')) }));
    });
    expect(letters.map(reasonOf)).toEqual([
      `The value was written with Delivery note (JSON, schema id ${ids[0]}): only Avro is read`,
      `The contracts of this service do not have Big (AVRO, schema id ${ids[1]})`,
    ]);
  });

  it('of a type that a newer release has beside those of this one, are dead letters that say what to do', async () => {
    let id = 0;
    let namespace = '';
    const [letter] = await deadLettersOf((record, _, { registry, contracts }) => {
      namespace = (there(contracts[0]?.types['Add']?.versions[0]) as { namespace: string }).namespace;
      id = registry.register(JSON.stringify({ type: 'record', name: 'Subtract', namespace, fields: [] }));
      return [{ ...record, value: framed(id) }];
    });
    expect(reasonOf(there(letter))).toBe(
      `This release knows the namespace ${namespace}, but not ${namespace}.Subtract (AVRO, schema id ${id}): deploy the release that does, then redrive what was set aside`,
    );
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
  let group: Ringing<SpecBroker> | undefined;
  afterEach(() => group?.stop());

  it('whose type is not UTF-8 are dead letters (nobody was told), and other bytes stay as they were', async () => {
    const parts = (group = await ringing(inMemory, { kind: 'policy', ordering: 'none' }, () => undefined));
    const record = parts.builder.record(parts.doors.Rung({ door: 'a', times: 1 }), {
      id: 'x',
      time: 1,
      correlationId: 'x',
    });
    const bytes = ['their-own', Buffer.from([0xff, 0, 0xfe])] as const;
    const typed = record.headers.map(([name, old]) => [name, name === 'ce_type' ? notUtf8 : old] as const);
    await parts.append({ ...record, headers: [...typed, bytes] });
    await parts.append({ ...record, headers: [...record.headers, bytes] });
    await parts.start();
    await parts.host.idle();
    expect(await parts.handled()).toHaveLength(1);
    const letters = await parts.deadLetters();
    expect(letters.map(reasonOf)).toEqual(['The header ce_type is not valid UTF-8']);
    expect(letters[0]?.headers.slice(0, typed.length + 1)).toEqual([...typed, bytes]);
  });
});
