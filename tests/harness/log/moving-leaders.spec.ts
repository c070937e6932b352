import { afterEach, describe, expect, it } from '@jest/globals';
import { Random } from '../../../tools/random.ts';
import { type Fate, FakeCluster } from './fake-cluster.ts';
import { handMade } from './hand-made-batch.ts';
import { LogReader } from './log-reader.ts';

const partitions = 3;
const length = 300;

let cluster: FakeCluster;
let reader: LogReader;

/** Records of two producers, and their markers, at random; what is committed in the end, by partition. */
function randomLog(random: Random) {
  const committed: bigint[][] = [];
  const log = Array.from({ length: partitions }, (_, partition) => {
    const kept: bigint[] = [];
    const open: bigint[][] = [[], []];
    const batches = Array.from({ length }, (_, offset) => {
      const producer = random.between(0, 1);
      const written = { base: BigInt(offset), producerId: BigInt(producer) };
      const isLast = offset >= length - 2;
      if (!isLast && random.chance(0.7)) {
        open[producer]?.push(written.base);
        return handMade({ ...written, records: [{ value: Buffer.from('value') }] });
      }
      const ended = isLast ? length - 1 - offset : producer;
      const control = random.between(0, 1);
      if (control === 1) kept.push(...(open[ended] ?? []));
      open[ended] = [];
      return handMade({ ...written, producerId: BigInt(ended), control });
    });
    committed[partition] = kept.sort((a, b) => Number(a - b));
    return batches;
  });
  return { log, committed };
}

async function started(log: Buffer[][], requestTimeoutMs = 100, patienceMs = 20_000): Promise<void> {
  cluster = new FakeCluster(log);
  const bootstrap = await cluster.start(3);
  reader = new LogReader(bootstrap, { requestTimeoutMs, patienceMs });
}

async function read(): Promise<bigint[][]> {
  const offsets: bigint[][] = nothing();
  await reader.refresh([cluster.topic], ({ partition, offset }) => offsets[partition]?.push(offset));
  return offsets;
}

const nothing = (): bigint[][] => Array.from({ length: partitions }, () => []);

afterEach(async () => {
  reader.close();
  await cluster.stop();
});

describe('LogReader on brokers that fail', () => {
  it.each([1, 2, 3])('loses and repeats nothing (seed %d)', async (seed) => {
    const random = new Random(seed);
    const { log, committed } = randomLog(random);
    await started(log);
    const counts = new Map<Fate, number>();
    const fates: Fate[] = ['moved', 'not-ready', 'cut', 'silence', 'stale'];
    cluster.fate = () => {
      const fate = random.chance(0.25) ? (fates[random.between(0, fates.length - 1)] as Fate) : 'answer';
      counts.set(fate, (counts.get(fate) ?? 0) + 1);
      return fate;
    };
    expect(await readUntilWhole(committed)).toEqual(committed);
    for (const fate of fates) expect([fate, counts.get(fate) ?? 0]).not.toEqual([fate, 0]);
  });

  it('goes on where it was when the log grows', async () => {
    const { log, committed } = randomLog(new Random(4));
    const whole = log.map((batches) => [...batches]);
    for (const batches of log) batches.length = 0;
    await started(log);
    const seen = nothing();
    for (let size = 0; size <= length; size += 25) {
      log.forEach((batches, partition) =>
        batches.splice(0, Infinity, ...(whole[partition] ?? []).slice(0, size)),
      );
      (await read()).forEach((offsets, partition) => seen[partition]?.push(...offsets));
    }
    expect(seen).toEqual(committed);
  });

  it('leaves a broker that is killed in the middle', async () => {
    const { log, committed } = randomLog(new Random(6));
    await started(log);
    let answers = 0;
    cluster.fate = (_, broker) => {
      if (broker === 0 && ++answers > 10) {
        cluster.kill(0);
        cluster.leaders = [1, 2, 1];
      }
      return 'answer';
    };
    expect(await read()).toEqual(committed);
    expect(answers).toBeGreaterThan(10);
  });

  it('says so when records are gone that it had read', async () => {
    const { log } = randomLog(new Random(5));
    await started(log, 5_000, 100);
    await read();
    for (const batches of log) batches.splice(100);
    await expect(read()).rejects.toMatchObject({ code: 'RECORDS_GONE' });
  });

  it('ends when it is closed in the middle', async () => {
    await started(randomLog(new Random(7)).log);
    cluster.fate = () => 'silence';
    const reading = read();
    setTimeout(() => reader.close(), 20);
    await expect(reading).rejects.toMatchObject({ code: 'CLOSED', retryable: false });
  });

  it('does not wait for an answer on a connection that was lost', async () => {
    cluster = new FakeCluster([[handMade({ base: 0n, records: [{}] })]]);
    reader = new LogReader(await cluster.start(2), { requestTimeoutMs: 20_000, patienceMs: 100 });
    cluster.fate = () => 'cut';
    await expect(read()).rejects.toMatchObject({ code: 'CONNECTION_LOST', retryable: true });
  });

  it('gives up when nobody answers for longer than its patience', async () => {
    cluster = new FakeCluster([[handMade({ base: 0n, records: [{}] })]]);
    reader = new LogReader(await cluster.start(2), { requestTimeoutMs: 20, patienceMs: 100 });
    cluster.fate = () => 'silence';
    await expect(read()).rejects.toMatchObject({ code: 'NO_ANSWER', retryable: true });
  });
});

/** A stale end makes a call come back early: the next one goes on. */
async function readUntilWhole(committed: readonly bigint[][]): Promise<bigint[][]> {
  const seen = nothing();
  const count = (of: readonly bigint[][]) => of.flat().length;
  for (let calls = 0; calls < 20 && count(seen) < count(committed); calls++)
    (await read()).forEach((offsets, partition) => seen[partition]?.push(...offsets));
  cluster.fate = () => 'answer';
  (await read()).forEach((offsets, partition) => seen[partition]?.push(...offsets));
  return seen;
}
