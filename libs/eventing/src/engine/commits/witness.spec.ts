import { describe, expect, it } from '@jest/globals';
import { LogError } from '../../log/errors.ts';
import type { EndedRecord, Log } from '../../log/log.ts';
import { believedPosition, decodeWitness, encodeWitness, isWitnessed } from './witness.ts';
import { systemClock } from '../../time/system-clock.ts';

/** What an offset can be. */
const MOST = 2n ** 63n - 1n;

describe('the witness of a transaction', () => {
  it('names where it began to read, and its first record in each partition', () => {
    const bases = new Map([
      ['orders.events-4', 9_990n],
      ['orders.decider.orders.commands.dlq-4', 2n],
    ]);
    const text = encodeWitness(11_600n, bases);
    expect(text).toBe('11600|orders.events|4|9990|orders.decider.orders.commands.dlq|4|2');
    expect(decodeWitness(text)).toEqual({
      from: 11_600n,
      outputs: [
        { topic: 'orders.events', partition: 4, offset: 9_990n },
        { topic: 'orders.decider.orders.commands.dlq', partition: 4, offset: 2n },
      ],
    });
  });

  it('names who wrote them, and is read without, as earlier versions wrote it', () => {
    const text = encodeWitness(3n, new Map([['orders.events-4', 9n]]), 4_711n);
    expect(text).toBe('3|orders.events|4|9|.producer|2147483648|4711');
    const witness = { from: 3n, outputs: [{ topic: 'orders.events', partition: 4, offset: 9n }] };
    expect(decodeWitness(text)).toEqual({ ...witness, producerId: 4_711n });
    expect(decodeWitness('3@4711|orders.events|4|9')).toEqual({ ...witness, producerId: 4_711n });
    expect(decodeWitness('3|orders.events|4|9')).toEqual(witness);
  });

  it('can be read by versions that know no producers (after a roll-back no witness was looked for)', () => {
    const readByEarlierVersions = /^\d+(\|[\w.-]+\|\d+\|\d+)*$/;
    const many = Array.from({ length: 100 }, (_, index) => [`some.topic-${index}`, 5n] as const);
    for (const count of [1, 100]) {
      const text = encodeWitness(3n, new Map(many.slice(0, count)), MOST);
      expect(text).toMatch(readByEarlierVersions);
      expect(decodeWitness(text)?.producerId).toBe(MOST);
    }
  });

  it('takes no topic for the producer, whatever its name', () => {
    const text = encodeWitness(3n, new Map([['.producer-0', 9n]]));
    expect(decodeWitness(text)).toEqual({
      from: 3n,
      outputs: [{ topic: '.producer', partition: 0, offset: 9n }],
    });
  });

  it('is nothing but the position when nothing was written', () => {
    expect(encodeWitness(7n, new Map(), 4_711n)).toBe('7');
    expect(decodeWitness('7')).toEqual({ from: 7n, outputs: [] });
  });

  it('names all partitions, or is refused: those that a broker would not keep were left out, and never looked for', () => {
    const places = (count: number) =>
      Array.from({ length: count }, (_, partition) => ({ topic: 'some.topic', partition }));
    const most = Array.from({ length: 1_000 }, (_, count) => count).findLast((count) =>
      isWitnessed(places(count)),
    ) as number;
    expect(most).toBeGreaterThan(100);
    const bases = (count: number) =>
      new Map(places(count).map(({ topic, partition }) => [`${topic}-${partition}`, MOST]));
    const text = encodeWitness(MOST, bases(most), MOST);
    expect(text.length).toBeLessThanOrEqual(4_096);
    expect(decodeWitness(text)?.outputs).toHaveLength(most);
    expect(() => encodeWitness(MOST, bases(2 * most), MOST)).toThrow(
      'a position has no room for their names',
    );
  });

  it.each(['', 'set by hand', '12|a', '{"from":1}'])('is not seen in %j', (text) => {
    expect(decodeWitness(text)).toBeUndefined();
  });
});

const OUTPUT = 'orders.events';
const signal = new AbortController().signal;

/** A log of which each partition ends somewhere, and has one thing at the place where a witness is looked for. */
class FakeLog {
  readonly clock = systemClock;
  readonly partitions = 2;
  confirmations = 0;
  protected ends: readonly bigint[];
  private readonly standing: EndedRecord | 'marker' | undefined;

  constructor(ends: readonly bigint[], standing?: EndedRecord | 'marker') {
    this.ends = ends;
    this.standing = standing;
  }

  async topic(name: string): Promise<{ partitions: number }> {
    if (name === OUTPUT) return this;
    throw new LogError('UNKNOWN_TOPIC_OR_PARTITION', 'it was deleted', { retryable: true });
  }

  async confirmLeaders(): Promise<boolean> {
    this.confirmations++;
    return true;
  }

  async end(_: string, partition: number): Promise<bigint> {
    return this.ends[partition] ?? 0n;
  }

  async endedRecordAt(at: {
    partition: number;
    offset: bigint;
  }): Promise<EndedRecord | 'marker' | undefined> {
    return at.offset < (this.ends[at.partition] ?? 0n) ? this.standing : undefined;
  }
}

/** A log that ends elsewhere after each question, until it stays as it is. */
class GrowingLog extends FakeLog {
  private readonly later: bigint[];

  constructor([first = 0n, ...later]: readonly bigint[], standing?: EndedRecord | 'marker') {
    super([first], standing);
    this.later = later;
  }

  override async end(topic: string, partition: number): Promise<bigint> {
    return this.grow(await super.end(topic, partition));
  }

  override async endedRecordAt(at: { partition: number; offset: bigint }) {
    return this.grow(await super.endedRecordAt(at));
  }

  private grow<Answer>(answer: Answer): Answer {
    this.ends = [this.later.shift() ?? (this.ends[0] as bigint)];
    return answer;
  }
}

const ended = (producerId: bigint, aborted = false): EndedRecord => ({
  record: {
    topic: OUTPUT,
    partition: 0,
    offset: 9n,
    timestamp: 0,
    key: null,
    value: null,
    headers: [],
    producerId,
  },
  aborted,
});

describe('a position', () => {
  /** It is 12, read from 10 on; its transaction, of producer 7, wrote from offset 9 on into each of these partitions. */
  const believed = (log: FakeLog, outputs = ['orders.events-0']) => {
    const metadata = encodeWitness(10n, new Map(outputs.map((key) => [key, 9n])), 7n);
    return believedPosition(log as unknown as Log, { offset: 12n, metadata }, signal);
  };

  it.each([
    ['the record of its own producer', new FakeLog([20n], ended(7n))],
    ['nothing any more, as retention or compaction leave it', new FakeLog([20n])],
  ])('is believed where stands %s', async (_, log) => {
    expect(await believed(log)).toEqual({ offset: 12n });
  });

  it('goes back where its record was aborted', async () => {
    expect(await believed(new FakeLog([20n], ended(7n, true)))).toEqual({
      offset: 10n,
      torn: 'the transaction that committed offset 12 was aborted in orders.events-0 at offset 9; handled again from 10',
    });
  });

  it('goes back where the log ends just before its record (an unclean election had cut it off: commands were never answered)', async () => {
    expect(await believed(new FakeLog([9n]))).toEqual({
      offset: 10n,
      torn: 'the transaction that committed offset 12 is gone with the end of the log of orders.events-0 at offset 9; handled again from 10',
    });
  });

  it.each([
    ['the log ends earlier, and others are missing, too', new FakeLog([8n])],
    ["somebody else's record stands in its place", new FakeLog([20n], ended(8n))],
    ["somebody else's record, which was aborted, stands there", new FakeLog([20n], ended(8n, true))],
    ['a marker stands in its place', new FakeLog([20n], 'marker')],
  ])('stops where %s (acknowledged records were lost, and it was believed)', async (_, log) => {
    await expect(believed(log)).rejects.toMatchObject({
      code: 'POSITION',
      message: expect.stringContaining(
        'set the position, to 10 or earlier to handle again, or to 12 to go on without',
      ),
    });
  });

  it.each([
    ['just before it', [9n, 20n]],
    ['earlier', [8n, 20n]],
  ])(
    'stops where the log ended %s, and grows over it while it is looked for (as if its record had been removed: it was believed)',
    async (_, ends) => {
      await expect(believed(new GrowingLog(ends, ended(8n)))).rejects.toMatchObject({ code: 'POSITION' });
    },
  );

  it.each([
    ['aborted', ended(7n, true), 10n],
    ['its own', ended(7n), 12n],
  ])('is judged by the record that a broker had not seen at first: %s', async (_, record, offset) => {
    expect(await believed(new GrowingLog([8n, 20n], record))).toMatchObject({ offset });
  });

  it('goes back where the log ended just before its record, and grows only after all was asked', async () => {
    const log = new GrowingLog([9n, 9n, 20n], ended(8n));
    expect(await believed(log)).toMatchObject({ offset: 10n });
  });

  it('stops when one of several partitions has lost more than its own', async () => {
    const log = new FakeLog([9n, 8n]);
    const stopped = believed(log, ['orders.events-0', 'orders.events-1']);
    await expect(stopped).rejects.toThrow('orders.events-1 at offset 9');
  });

  it('of an earlier version names no producer, and whatever stands in its place is believed', async () => {
    const metadata = encodeWitness(10n, new Map([['orders.events-0', 9n]]));
    const log = new FakeLog([20n], ended(8n)) as unknown as Log;
    expect(await believedPosition(log, { offset: 12n, metadata }, signal)).toEqual({ offset: 12n });
  });

  it('is believed where the topic was deleted, and not where its partition alone is not there', async () => {
    const log = new FakeLog([20n, 20n], ended(7n));
    expect(await believed(log, ['orders.decider.orders.commands.dlq-0'])).toEqual({ offset: 12n });
    await expect(believed(log, ['orders.events-2'])).rejects.toMatchObject({ code: 'POSITION' });
  });
});
