import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { randomBytes } from 'node:crypto';
import { onKafka } from '../../fixtures/kafka-host.ts';
import { failureIn, retryable, type Ringing, ringing } from '../../fixtures/ringing.ts';
import { there } from '../../fixtures/there.ts';
import { patience, until } from '../../fixtures/until.ts';
import { deadLetterTopic, MAX_BATCH_BYTES, retryTopic } from '../domain/index.ts';
import type { KafkaClient } from '../kafka/client/client.ts';
import { logEnd } from '../kafka/groups/stored-positions.ts';
import { readBatches } from '../kafka/reading/read-batches.ts';
import type { Codec } from '../kafka/wire/compression.ts';
import { encodeBatch } from '../kafka/wire/encode-batch.ts';
import { type ConsumedRecord, header, offsetAfter } from '../log/record.ts';
import { bomb, send } from '../../fixtures/foreign-batch.ts';
import { scratchClient } from '../../fixtures/scratch-broker.ts';
import type { GroupUnderTest } from '../testing/run-group.ts';
import { FAILURE } from './failure-headers.ts';

/** What the topics of the specs take. */
const LIMIT = 1_048_588;
const MIB = 1024 * 1024;
const nobody = { id: -1n, epoch: -1, transactional: false };

/** One effect has all of them, one after the other: what is left of one is seen at the next. */
describe('what is larger than its topic takes, and came compressed', () => {
  let client: KafkaClient;
  let group: Ringing;
  let running: GroupUnderTest;
  let letters: string;
  let read = 0n;
  beforeAll(async () => {
    client = scratchClient();
    const spec = { kind: 'effect', retry: { immediate: 0, delays: ['50ms'] } } as const;
    const fails = (_: unknown, tried: number) => (tried <= 2 ? retryable('not yet') : undefined);
    group = await ringing(onKafka(client), spec, fails);
    letters = deadLetterTopic(group.group, group.events);
    running = await group.start();
  });
  afterAll(async () => {
    await group.stop();
    await client.close();
  });

  /** The next dead letter: those before it are not read again. */
  async function nextLetter(): Promise<ConsumedRecord> {
    const { log } = group.host.cluster;
    const found: ConsumedRecord[] = [];
    await until(async () => {
      const to = await log.stableEnd(letters, 0);
      for await (const { records } of log.read(letters, 0, { from: read, to, signal: patience() }))
        found.push(...records);
      return found.length > 0;
    });
    expect(found).toHaveLength(1);
    read = offsetAfter(there(found[0]));
    return there(found[0]);
  }

  const raw = (value: Buffer) => ({ topic: group.events, partition: 0, key: null, value, headers: [] });
  const encoded = (value: Buffer, codec: Codec) =>
    codec === 'none'
      ? encodeBatch([raw(value)], nobody, 0, 0)
      : encodeBatch([raw(value)], nobody, 0, 0, codec);
  const state = () => running.status.workers.get(`${group.events}-0`)?.state;

  async function largestBatch(topic: string): Promise<number> {
    let largest = 0;
    const range = { from: 0n, to: await logEnd(client, topic, 0), signal: patience() };
    for await (const { bytes } of readBatches(client, topic, 0, range))
      largest = Math.max(largest, bytes.length);
    return largest;
  }

  it('is tried again, is a dead letter, and is given back, byte for byte (its partition stopped for good)', async () => {
    const value = group.host.codec.encode(group.doors.Rung({ door: 'long '.repeat(600_000), times: 1 }));
    const headers = [
      ['ce_type', 'Rung'],
      ['ce_id', 'long'],
      ['ce_source', 'spec'],
      ['ce_time', '2026-01-01T00:00:00.000Z'],
      ['ce_subject', 'long'],
      ['ce_specversion', '1.0'],
      ['correlationid', 'c'],
    ].map(([name, text]) => [name as string, Buffer.from(text as string)] as const);
    const original = { ...raw(value), key: Buffer.from('long'), headers };
    const sent = encodeBatch([original], nobody, 0, Date.now(), 'gzip');
    expect([value.length > 2 * LIMIT, sent.length < 30_000]).toEqual([true, true]);
    await send(client, group.events, sent);
    const letter = await nextLetter();
    expect(letter.value?.equals(value)).toBe(true);
    expect(failureIn(letter).attempts).toBe(2);
    for (const topic of [retryTopic(group.group, group.events, 1), letters])
      expect(await largestBatch(topic)).toBeLessThan(60_000);
    await group.redrive(letter);
    await until(async () => (await group.handled()).length === 1);
    expect(state()).toBe('running');
  });

  /** A value that makes a batch of this many bytes. */
  function filling(bytes: number): Buffer {
    const value = randomBytes(bytes - 100);
    const missing = bytes - encoded(value, 'none').length;
    return Buffer.concat([value, randomBytes(missing)]);
  }

  /** Sends a value that nobody can decode; answers its dead letter, which has every byte of it. */
  async function undecodable(value: Buffer, codec: Codec): Promise<ConsumedRecord> {
    const sent = encoded(value, codec);
    expect(sent.length).toBeLessThanOrEqual(LIMIT);
    await send(client, group.events, sent);
    const letter = await nextLetter();
    expect(letter.value?.equals(value)).toBe(true);
    expect(failureIn(letter).last.errorClass).toBe('Undecodable');
    expect(state()).toBe('running');
    return letter;
  }

  it.each<[string, () => [Buffer, Codec]]>([
    ['that nothing compresses, of the last byte that the source takes', () => [filling(LIMIT), 'none']],
    ['of 3 MB of text', () => [Buffer.alloc(3_000_000, 'text that nobody can decode '), 'gzip']],
    ['as large as may be read', () => [Buffer.alloc(MAX_BATCH_BYTES - 1_000, 'text '), 'zstd']],
  ])(
    'and cannot be decoded, is a dead letter with every byte, and can be given back: %s',
    async (_, make) => {
      const [value, codec] = make();
      await group.redrive(await undecodable(value, codec));
      expect((await nextLetter()).value?.equals(value)).toBe(true);
    },
  );

  it('and cannot be decoded, is a dead letter with every byte: that one codec compresses, and that of the copy does not', async () => {
    // A redrive topic takes as much as that of dead letters: domain/side-topics.spec.ts says so, in less than 60 MiB.
    await undecodable(Buffer.concat(Array<Buffer>(30).fill(randomBytes(MIB - 20_000))), 'zstd');
  });

  it('and cannot be read, is one dead letter, as it stands in the log (a gzip bomb stopped the partition for good)', async () => {
    const at = await send(client, group.events, bomb(group.events));
    const letter = await nextLetter();
    const range = { from: at, to: at + 1n, signal: patience() };
    for await (const { bytes } of readBatches(client, group.events, 0, range))
      expect(letter.value?.equals(bytes)).toBe(true);
    expect([FAILURE.lastOffset, FAILURE.codec].map((name) => header(letter.headers, name))).toEqual([
      String(at),
      'gzip',
    ]);
    expect(failureIn(letter)).toMatchObject({
      place: { topic: group.events, partition: 0, offset: at },
      last: { errorClass: 'BrokenBatch', message: expect.stringContaining('more than 33554432 bytes') },
    });
    expect(state()).toBe('running');
  });
});
