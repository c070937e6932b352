import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { wholeEnd } from '../../log/trusted-position.ts';
import type { ClusterUnderTest, TransactionRequests } from '../../../fixtures/cluster-under-test.ts';
import { record, scratchName, until } from '../../../fixtures/scratch-broker.ts';
import type { Feeds } from './feeds.ts';
import { PartitionFeed } from '../worker/partition-feed.ts';

const signal = AbortSignal.timeout(600_000);

/** Milliseconds within which a slow machine has written a record. */
const SHORT_MS = 1_000;

/** What was asked, and how that has ended. */
type Asked = Promise<PromiseSettledResult<unknown>[]>;

/**
 * What the engine relies on where something is not there, or does not come: a cluster waits before it says so. All of it is asked
 * before any contract is looked at, so that this one is best called last.
 */
export function patienceContract(start: () => Promise<ClusterUnderTest>): void {
  let under: ClusterUnderTest;
  let trimmed: string;
  let missing: { readonly feed: PartitionFeed; readonly feeds: Feeds };
  let open: { readonly name: string; readonly topic: string; readonly writer: TransactionRequests };
  let outside: Record<'read' | 'fed', Asked>;
  let unstable: Record<'position' | 'end', Asked>;
  let nowhere: Asked;
  let left: { readonly topic: string; readonly writer: TransactionRequests };
  beforeAll(async () => {
    under = await start();
    trimmed = await under.topic();
    for (const value of ['a', 'b', 'c']) await append(trimmed, value);
    await under.trim({ topic: trimmed, partition: 0, offset: 2n });
    outside = { read: asked(reading(1n), reading(4n)), fed: asked(feeding(1n), feeding(4n)) };
    missing = fedFrom(scratchName('nothing'), 0n);
    nowhere = asked(under.cluster.commit(position(scratchName('group'), scratchName('nothing'))));
    unstable = await hideEverything();
    left = await leaveOpen();
  });
  afterAll(() => under.close());

  describe('the patience of a cluster', () => {
    it('ends with an open transaction: a position is not final, an end is not stable, and whose that is', async () => {
      const { name, topic, writer } = open;
      expect(await unstable.position).toMatchObject([
        failed('UNSTABLE_OFFSET_COMMIT', true, expect.stringContaining(`(${name})`)),
      ]);
      const who = expect.stringContaining(`(${name}) has a transaction open on ${topic}-0 since `);
      expect(await unstable.end).toMatchObject([failed('NOT_STABLE', true, who)]);
      await writer.end('aborted');
    });

    it('ends with a transaction that was left open for too long: it is aborted, and its producer can but begin another one', async () => {
      const { topic, writer } = left;
      await until(async () => (await under.cluster.log.stableEnd(topic, 0, signal)) === 2n);
      const ended = await under.cluster.log.endedRecordAt({ topic, partition: 0, offset: 0n }, signal);
      expect(ended).toMatchObject({ aborted: true });
      const code = expect.stringMatching(/^(PRODUCER_FENCED|INVALID_PRODUCER_EPOCH)$/);
      await expect(writer.write(record(topic, 'late'))).rejects.toMatchObject({ code });
      await expect(writer.end('committed')).rejects.toMatchObject({ code: 'INVALID_TXN_STATE' });
      await writer.end('aborted');
      await writer.write(record(topic, 'next'));
      await writer.end('committed');
      expect(await wholeEnd(under.cluster.log, topic, 0, signal)).toBe(4n);
    });

    it('does not end with a partition that is not there, which is said: what comes once it is there is brought', async () => {
      const { feed, feeds } = missing;
      const { topic } = feed;
      await until(() => feeds.trouble !== undefined);
      expect(feeds.trouble).toContain(`${topic}-0 cannot be fetched`);
      await under.topic(1, topic);
      await append(topic, 'at last');
      expect(String((await feed.next(1, signal)).records[0]?.value)).toBe('at last');
      expect(feeds.trouble).toBeUndefined();
      await feeds.close();
    });

    it('ends with a position in what is not there', async () => {
      expect(await nowhere).toMatchObject([failed('UNKNOWN_TOPIC_OR_PARTITION', true)]);
    });

    it.each(['read', 'fed'] as const)(
      'ends where a log does not begin any more, or not yet, and that is %s: such a position cannot be trusted',
      async (how) => {
        const message = (offset: bigint) =>
          expect.stringContaining(`The log of ${trimmed}-0 does not hold offset ${offset}. Decide`);
        expect(await outside[how]).toMatchObject([
          failed('POSITION', false, message(1n)),
          failed('POSITION', false, message(4n)),
        ]);
      },
    );
  });

  const asked = (...work: readonly Promise<unknown>[]): Asked => Promise.allSettled(work);
  const failed = (code: string, retryable: boolean, message: unknown = expect.anything()) => ({
    status: 'rejected',
    reason: { code, retryable, message },
  });
  const append = (topic: string, value: string) => under.cluster.appender().append(record(topic, value));
  const position = (group: string, topic: string) => ({
    group,
    topic,
    partition: 0,
    offset: 5n,
    memberId: '',
    generation: -1,
    instanceId: undefined,
  });

  /** A transaction that nobody ends for now, and what is asked about it. */
  async function hideEverything(): Promise<typeof unstable> {
    const { log } = under.cluster;
    const [name, topic] = [scratchName('open'), await under.topic()];
    const group = await under.group(topic);
    const writer = await under.transactions(name);
    await writer.write(record(topic, 'hidden'));
    await writer.commitPosition(position(group, topic));
    open = { name, topic, writer };
    return {
      position: asked(log.position(group, topic, 0, signal)),
      end: asked(wholeEnd(log, topic, 0, signal)),
    };
  }

  async function leaveOpen(): Promise<typeof left> {
    const topic = await under.topic();
    const writer = await under.transactions(scratchName('left'), SHORT_MS);
    await writer.write(record(topic, 'left'));
    return { topic, writer };
  }

  async function reading(from: bigint): Promise<void> {
    const chunks = under.cluster.log.read(trimmed, 0, { from, to: 9n, signal });
    for await (const { records } of chunks) expect(records).toEqual([]);
  }

  async function feeding(from: bigint): Promise<void> {
    const { feed, feeds } = fedFrom(trimmed, from);
    await feed.next(500, signal).finally(() => feeds.close());
  }

  function fedFrom(topic: string, from: bigint): { readonly feed: PartitionFeed; readonly feeds: Feeds } {
    const [feed, feeds] = [new PartitionFeed(topic, 0), under.cluster.feeds({})];
    feeds.add(feed);
    feed.seek(from);
    return { feed, feeds };
  }
}
