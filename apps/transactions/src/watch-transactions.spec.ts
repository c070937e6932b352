import {
  RecordTransactionEnded,
  RecordTransactionNotEnded,
  ReportHangingTransaction,
} from '@atelier/contracts';
import { PublishError, type Verdict } from '@atelier/eventing';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Logger } from '@nestjs/common';
import { setTimeout as sleep } from 'node:timers/promises';
import { away, FakePublisher, FakeTransactions, hangs, open } from './testing/fakes.ts';
import { TransactionReports } from './transaction-reports.ts';
import { WatchTransactions } from './watch-transactions.ts';

const proven: Verdict = { type: 'proven', outcome: 'commit', proof: 'its position is committed' };
const unproven: Verdict = { type: 'unproven', known: 'no position names its records' };
const foreign: Verdict = { type: 'foreign', known: 'its producer is none of ours' };

const place = {
  transaction: 'orders.events-3/4711',
  topic: 'orders.events',
  partition: 3,
  producerId: 4_711n,
};
const reported = (verdict: string, known: string) =>
  ReportHangingTransaction({
    ...place,
    producerEpoch: 7,
    startOffset: 42n,
    transactionalId: 'orders-1',
    since: BigInt(open.since),
    waiting: 12n,
    verdict,
    known,
  });
const recorded = { ...place, startOffset: 42n, outcome: 'commit', by: 'transactions.watch', request: null };
const ended = RecordTransactionEnded({ ...recorded, producerEpoch: 7, reason: 'its position is committed' });

let lines: string[];
let transactions: FakeTransactions;
let publisher: FakePublisher;
let reports: TransactionReports;
let watch: WatchTransactions;
const watchMs = 1;
const begin = () => {
  reports = new TransactionReports(publisher);
  watch = new WatchTransactions(transactions, reports, { watchMs });
};

beforeEach(() => {
  lines = [];
  const say = (level: string) => (text: unknown) => void lines.push(`${level}: ${String(text)}`);
  Logger.overrideLogger({ log: say('log'), warn: say('warn'), error: say('error') });
  transactions = new FakeTransactions();
  publisher = new FakePublisher();
  begin();
});
afterEach(async () => {
  reports.onModuleDestroy();
  await watch.onModuleDestroy();
  Logger.overrideLogger(true);
});

async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setImmediate(resolve));
}
const commands = async (count: number) => {
  await until(() => publisher.published.length >= count);
  return publisher.commands;
};

describe('what is proven', () => {
  it('is ended as it was proven, then reported, and said in one line', async () => {
    transactions.hanging = [hangs(proven)];
    await watch.look();
    const { topic, partition, producerId } = open;
    expect(transactions.calls).toEqual([
      { place: { topic, partition, producerId }, outcome: 'commit', startOffset: 42n },
    ]);
    expect(await commands(2)).toEqual([reported('proven-commit', 'its position is committed'), ended]);
    expect(lines).toEqual([
      'warn: A transaction of producer 4711 (orders-1) hangs in orders.events-3 since 2026-01-01T00:00:00.000Z, with 12 records hidden from offset 42 on, and was ended with commit: its position is committed',
    ]);
  });

  it('is ended before anything is published', async () => {
    const published: number[] = [];
    const end = transactions.end.bind(transactions);
    transactions.end = (...attempt) => {
      published.push(publisher.published.length);
      return end(...attempt);
    };
    transactions.hanging = [hangs(proven)];
    await watch.look();
    expect(published).toEqual([0]);
    expect(await commands(2)).toHaveLength(2);
  });

  it('is ended though nothing can be published, and reported later', async () => {
    publisher.failures.push(new PublishError('no broker', 'refused', { retryable: true }));
    transactions.hanging = [hangs(proven), hangs(proven, { partition: 4 })];
    await watch.look();
    expect(transactions.calls).toHaveLength(2);
    expect(publisher.commands).toEqual([]);
    expect((await commands(4)).map(({ type }) => type).toSorted()).toEqual(
      [ended, ended, reported('', ''), reported('', '')].map(({ type }) => type).toSorted(),
    );
  });

  it('is tried again while it is refused, and said once', async () => {
    transactions.hanging = [hangs(proven)];
    transactions.answers = [
      { type: 'refused', reason: 'no right' },
      { type: 'refused', reason: 'no right' },
      { type: 'ended', transaction: open },
    ];
    for (const _ of transactions.answers.slice()) await watch.look();
    expect(transactions.calls).toHaveLength(3);
    expect(await commands(3)).toEqual([
      reported('proven-commit', 'its position is committed'),
      RecordTransactionNotEnded({ ...recorded, result: 'refused', why: 'no right' }),
      ended,
    ]);
    expect(lines).toEqual([
      expect.stringMatching(/^error: .* was not ended with commit: no right$/),
      expect.stringMatching(/^warn: .* was ended with commit/),
    ]);
  });

  it('is asked about until it is answered, though it is found no more', async () => {
    transactions.hanging = [hangs(proven)];
    transactions.answers = [away(), away(), { type: 'gone' }];
    await watch.look();
    transactions.hanging = [];
    await watch.look();
    await watch.look();
    await watch.look();
    expect(transactions.calls).toHaveLength(3);
    expect((await commands(2)).slice(1)).toMatchObject([
      {
        type: 'RecordTransactionNotEnded',
        data: { result: 'gone', why: expect.stringContaining('earlier') },
      },
    ]);
  });
});

describe('what is not proven', () => {
  it.each([
    ['unproven', unproven],
    ['foreign', foreign],
  ] as const)('is reported, and never ended: %s', async (name, verdict) => {
    transactions.hanging = [hangs(verdict)];
    await watch.look();
    await watch.look();
    expect(await commands(1)).toEqual([reported(name, verdict.known)]);
    expect(transactions.calls).toEqual([]);
    expect(lines).toEqual([
      expect.stringMatching(new RegExp(`^warn: .*an operator decides.*${verdict.known}$`)),
    ]);
  });

  it('is reported again when more is known, and ended when it is proven', async () => {
    for (const verdict of [foreign, unproven, proven]) {
      transactions.hanging = [hangs(verdict)];
      await watch.look();
    }
    const types = (await commands(4)).map(({ type }) => type);
    expect(types).toEqual([...Array(3).fill('ReportHangingTransaction'), 'RecordTransactionEnded']);
    expect(new Set(publisher.published.map(({ options }) => options.id)).size).toBe(4);
  });
});

describe('the ids of reports', () => {
  const idsOf = async (...hanging: ReturnType<typeof hangs>[]) => {
    publisher = new FakePublisher();
    begin();
    transactions.hanging = hanging;
    await watch.look();
    await commands(hanging.length);
    return publisher.published.map(({ options }) => options.id);
  };

  it('are the same from every instance, and after every start', async () => {
    expect(await idsOf(hangs(unproven))).toEqual(await idsOf(hangs(unproven, { hidden: 99n })));
  });

  it('are different for each transaction', async () => {
    const others = [
      { topic: 'inventory.events' },
      { partition: 4 },
      { producerId: 4_712n },
      { producerEpoch: 8 },
      { startOffset: 43n },
    ];
    const ids = await idsOf(hangs(unproven), ...others.map((other) => hangs(unproven, other)));
    expect(new Set(ids).size).toBe(6);
  });
});

describe('the watch', () => {
  it('outlives an outage, and says when it begins and when it is over', async () => {
    transactions.isAway = true;
    await watch.look();
    await watch.look();
    transactions.isAway = false;
    await watch.look();
    expect(lines).toEqual([
      'warn: Hanging transactions cannot be found or ended now',
      'log: Hanging transactions are found and ended again',
    ]);
  });

  it('goes on by itself until the service stops', async () => {
    let looks = 0;
    transactions.find = () => Promise.resolve((looks++, []));
    watch.onApplicationBootstrap();
    await until(() => looks > 2);
    await watch.onModuleDestroy();
    const stopped = looks;
    for (let times = 0; times < 5; times++) await sleep(watchMs);
    expect(looks).toBe(stopped);
  });

  it('gives up what can never be published, and says so', async () => {
    publisher.failures.push(new PublishError('too large', 'refused', { retryable: false }));
    transactions.hanging = [hangs(unproven), hangs(unproven, { partition: 4 })];
    await watch.look();
    expect(await commands(1)).toMatchObject([{ data: { partition: 4 } }]);
    expect(lines.at(-1)).toMatch(/^error: ReportHangingTransaction .* cannot be published/);
  });
});
