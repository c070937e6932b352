import type { Outage } from '../../failures/outage.ts';
import { afterEach, describe, expect, it } from '@jest/globals';
import type { Fetcher } from '../../kafka/reading/fetcher.ts';
import type { LaneBatch } from './lanes.ts';
import type { PartitionFeed } from './partition-feed.ts';
import { PartitionWorker } from './partition-worker.ts';
import type { Processor } from './processor.ts';
import { systemClock } from '../../time/system-clock.ts';

/** An outage whose turns to try are given by hand, and what became of them. */
class Tries implements Outage {
  readonly dependency: string;
  readonly reason: string;
  readonly said: string[] = [];
  private turn = Promise.withResolvers<void>();

  constructor(dependency: string) {
    this.dependency = dependency;
    this.reason = `${dependency} is down`;
  }

  /** Lets whoever waits, or comes next, try once. */
  give(): void {
    this.turn.resolve();
  }

  async tryAgain(signal: AbortSignal): Promise<void> {
    this.said.push('waits');
    signal.addEventListener('abort', () => this.turn.resolve());
    await this.turn.promise;
    this.turn = Promise.withResolvers<void>();
  }

  over(): void {
    this.said.push('over');
  }

  leave(): void {
    this.said.push('leaves');
  }
}

const workers: PartitionWorker[] = [];
afterEach(() => Promise.all(workers.splice(0).map((worker) => worker.stop())));

/** A worker of one partition with some records; `outages` by the message of the error that is about them. */
function working(
  processor: Pick<Processor, 'process'> & Partial<Processor>,
  outages: Readonly<Record<string, Outage>> = {},
  records = 1,
  handlerTimeoutMs = 60_000,
) {
  const fetcher = { add: (feed: PartitionFeed) => serve(feed, records), remove: () => undefined };
  const reported: string[] = [];
  const met: (Outage | undefined)[] = [];
  const { process } = processor;
  const quiet = { abandon: async () => undefined, close: async () => undefined };
  const assign = async () => new Map([['t', 0n]]);
  const worker = new PartitionWorker(
    fetcher as unknown as Fetcher,
    Object.defineProperties({ assign, ...quiet, process }, Object.getOwnPropertyDescriptors(processor)),
    {
      clock: systemClock,
      topic: 't',
      partition: 0,
      maxBatch: 10,
      handlerTimeoutMs,
      outages: {
        met: (error, before) => {
          met.push(before);
          return outages[error.message];
        },
      },
      report: ({ message }) => void reported.push(message),
    },
  );
  workers.push(worker);
  return { worker, reported, met };
}

/** Brings the records whenever the feed wants some. */
function serve(feed: PartitionFeed, count: number): void {
  const facts = { topic: 't', partition: 0, key: null, value: null, headers: [], timestamp: 0 };
  const push = () => {
    const from = Number(feed.position);
    const offsets = Array.from({ length: count - from }, (_, index) => BigInt(from + index));
    if (offsets.length === 0) return;
    const end = { highWatermark: 0n, lastStableOffset: 0n, at: 0 };
    const records = offsets.map((offset) => ({ ...facts, offset }));
    feed.push({ ...end, records, nextOffset: BigInt(count) });
  };
  feed.onWanted({ want: () => setImmediate(push), budget: { take: () => 0, give: () => 0 } as never });
}

async function until(condition: () => boolean): Promise<void> {
  const deadline = performance.now() + 60_000;
  while (!condition()) {
    if (performance.now() > deadline) throw new Error('It has not come to that');
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
}

/** Fails with these messages, one for each call, and then no more. */
function failing(...messages: readonly string[]) {
  const batches: LaneBatch[] = [];
  const process = async (batch: LaneBatch) => {
    batches.push(batch);
    const message = messages[batches.length - 1];
    if (message !== undefined) throw new Error(message);
    return [];
  };
  return { process, batches };
}

describe('a worker that meets an outage', () => {
  it('waits for its turn to try, says why, and says that it is over when the same batch was handled', async () => {
    const smtp = new Tries('SMTP');
    const { process, batches } = failing('smtp', 'smtp');
    const { worker, reported, met } = working({ process }, { smtp });
    await until(() => smtp.said.length === 1);
    expect(worker.status).toEqual({ state: 'waiting', reason: 'SMTP is down: smtp' });
    smtp.give();
    await until(() => smtp.said.length === 2);
    expect(batches).toHaveLength(2);
    smtp.give();
    await until(() => worker.status.state === 'running');
    expect(smtp.said).toEqual(['waits', 'waits', 'over']);
    expect(batches.map(({ records }) => records[0]?.offset)).toEqual([0n, 0n, 0n]);
    expect(reported).toEqual(['smtp', 'smtp']);
    expect(met).toEqual([undefined, smtp]);
  });

  it('tries no more for one outage when it meets another, or none', async () => {
    const [smtp, postgres] = [new Tries('SMTP'), new Tries('Postgres')];
    const { process } = failing('smtp', 'postgres', 'nothing of the kind');
    const { worker } = working({ process }, { smtp, postgres });
    smtp.give();
    await until(() => postgres.said.length === 1);
    expect(smtp.said).toEqual(['waits', 'leaves']);
    postgres.give();
    await until(() => worker.status.state === 'running');
    expect(postgres.said).toEqual(['waits', 'leaves']);
    expect(smtp.said).toEqual(['waits', 'leaves']);
  });

  it('leaves the try to others when it is stopped', async () => {
    const smtp = new Tries('SMTP');
    const { worker } = working(failing('smtp'), { smtp });
    await until(() => smtp.said.length === 1);
    await worker.stop();
    expect(smtp.said).toEqual(['waits', 'leaves']);
    expect(worker.status).toEqual({ state: 'stopped' });
  });

  it('does not keep the others waiting when it met the outage before it had anything to handle', async () => {
    const postgres = new Tries('Postgres');
    let assigned = 0;
    const assign = async () => {
      if (assigned++ === 0) throw new Error('postgres');
      return new Map([['t', 0n]]);
    };
    const { worker } = working({ assign, ...failing() }, { postgres }, 0);
    postgres.give();
    await until(() => postgres.said.length === 2);
    expect(['over', 'leaves']).toContain(postgres.said[1]);
    await until(() => worker.status.state === 'running');
  });
});

describe('a worker that owes something', () => {
  it('does it without any batch, and goes on with the batches between', async () => {
    const { process, batches } = failing();
    let owed = 3;
    const settled: number[] = [];
    const settle = async () => void settled.push(owed--);
    working({
      process,
      settle,
      get owes() {
        return owed > 0;
      },
    });
    await until(() => owed === 0 && batches.length === 1);
    expect(settled).toEqual([3, 2, 1]);
  });

  it('starts over when that fails', async () => {
    let owed = 1;
    let assigned = 0;
    const settle = async () => {
      if (assigned === 1) throw new Error('not now');
      owed--;
    };
    const assign = async () => new Map([['t', BigInt(assigned++ && 0)]]);
    const { reported } = working({
      ...failing(),
      assign,
      settle,
      get owes() {
        return owed > 0;
      },
    });
    await until(() => owed === 0);
    expect(reported).toEqual(['not now']);
  });
});

describe('a worker whose handler hung on a record that does not come again', () => {
  it('is well again while there is nothing to handle (readiness stayed red until the next record)', async () => {
    let position = 0n;
    const processor = {
      assign: async () => new Map([['t', position]]),
      process: async () => {
        position = 1n;
        return new Promise<never>(() => undefined);
      },
    };
    const { worker, reported } = working(processor, {}, 1, 20);
    await until(() => worker.status.state === 'waiting');
    await until(() => worker.status.state === 'running');
    expect(reported).toHaveLength(1);
  });
});
