import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { randomBytes } from 'node:crypto';
import { deadLetterTopic, MAX_BATCH_BYTES, retryTopic } from '../domain/index.ts';
import type { KafkaClient } from '../kafka/client.ts';
import { readBatches } from '../kafka/read-batches.ts';
import { logEnd } from '../kafka/positions.ts';
import type { Codec } from '../kafka/wire/compression.ts';
import { encodeBatch } from '../kafka/wire/record-batch.ts';
import { divertingGroup, type DivertingGroup, failureIn, retryable } from '../testing/diverting-group.ts';
import { send } from '../testing/foreign-batch.ts';
import { patience, scratchClient, until } from '../testing/scratch-broker.ts';
import { there } from '../testing/there.ts';

/** What the topics of the specs take. */
const LIMIT = 1_048_588;
const MIB = 1024 * 1024;
const nobody = { id: -1n, epoch: -1, transactional: false };

describe('a record that is larger than its topic takes, and came compressed', () => {
  let client: KafkaClient;
  let effect: DivertingGroup | undefined;
  beforeAll(() => void (client = scratchClient()));
  afterAll(() => client.close());
  afterEach(() => effect?.stop());

  async function failing(times: number): Promise<DivertingGroup> {
    const plan = { otherwise: 'retryable', delaysMs: [50] } as const;
    effect = await divertingGroup(client, { kind: 'effect', retries: 1, plan }, (_, tried) =>
      tried <= times ? retryable('not yet') : undefined,
    );
    return effect;
  }

  const raw = (topic: string, value: Buffer) => ({ topic, partition: 0, key: null, value, headers: [] });

  async function largestBatch(topic: string): Promise<number> {
    let largest = 0;
    const range = { from: 0n, to: await logEnd(client, topic, 0), signal: patience() };
    for await (const { bytes } of readBatches(client, topic, 0, range))
      largest = Math.max(largest, bytes.length);
    return largest;
  }

  it('is tried again, is a dead letter, and is given back, byte for byte (its partition stopped for good)', async () => {
    const group = await failing(2);
    const rung = group.Rung({ door: 'long '.repeat(600_000), times: 1 });
    const value = group.codec.encode(rung);
    const headers = [
      ['ce_type', 'Rung'],
      ['ce_id', 'long'],
      ['ce_source', 'spec'],
      ['ce_time', '2026-01-01T00:00:00.000Z'],
      ['ce_subject', 'long'],
      ['ce_specversion', '1.0'],
      ['correlationid', 'c'],
    ].map(([name, text]) => [name as string, Buffer.from(text as string)] as const);
    const original = { topic: group.events, partition: 0, key: Buffer.from('long'), value, headers };
    const sent = encodeBatch([original], nobody, 0, Date.now(), 'gzip');
    expect([value.length > 2 * LIMIT, sent.length < 30_000]).toEqual([true, true]);
    await send(client, group.events, sent);
    const consumer = group.start();
    await until(async () => (await group.deadLetters()).length === 1);
    const letter = there((await group.deadLetters())[0]);
    expect(letter.value?.equals(value)).toBe(true);
    expect(failureIn(letter).attempts).toBe(2);
    for (const topic of [
      retryTopic(group.group, group.events, 1),
      deadLetterTopic(group.group, group.events),
    ])
      expect(await largestBatch(topic)).toBeLessThan(60_000);
    await group.redrive(letter);
    await until(async () => (await group.handled()).length === 1);
    expect(consumer.status.workers.get(`${group.events}-0`)?.state).toBe('running');
  });

  /** A value that makes a batch of this many bytes. */
  function filling(topic: string, bytes: number): Buffer {
    const value = randomBytes(bytes - 100);
    const missing = bytes - encodeBatch([raw(topic, value)], nobody, 0, 0).length;
    return Buffer.concat([value, randomBytes(missing)]);
  }

  it.each<[string, (topic: string) => [Buffer, Codec]]>([
    [
      'that nothing compresses, of the last byte that the source takes',
      (topic) => [filling(topic, LIMIT), 'none'],
    ],
    ['of 3 MB of text', () => [Buffer.alloc(3_000_000, 'text that nobody can decode '), 'gzip']],
    ['as large as may be read', () => [Buffer.alloc(MAX_BATCH_BYTES - 1_000, 'text '), 'zstd']],
    [
      'that one codec compresses, and that of the copy does not',
      () => [Buffer.concat(Array<Buffer>(30).fill(randomBytes(MIB - 20_000))), 'zstd'],
    ],
  ])('and cannot be decoded, is a dead letter with every byte: %s', async (_, make) => {
    const group = await failing(0);
    const [value, codec] = make(group.events);
    const record = raw(group.events, value);
    const sent =
      codec === 'none' ? encodeBatch([record], nobody, 0, 0) : encodeBatch([record], nobody, 0, 0, codec);
    expect(sent.length).toBeLessThanOrEqual(LIMIT);
    await send(client, group.events, sent);
    const consumer = group.start();
    await until(async () => (await group.deadLetters()).length === 1);
    const letter = there((await group.deadLetters())[0]);
    expect(letter.value?.equals(value)).toBe(true);
    expect(failureIn(letter).last.errorClass).toBe('Undecodable');
    await group.redrive(letter);
    await until(async () => (await group.deadLetters()).length === 2);
    expect(there((await group.deadLetters())[1]).value?.equals(value)).toBe(true);
    expect(consumer.status.workers.get(`${group.events}-0`)?.state).toBe('running');
  });
});
