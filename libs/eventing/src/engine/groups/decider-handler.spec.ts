import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Deciding } from '../../../fixtures/deciding.ts';
import { writeAsLibrary } from '../../../fixtures/log-reading.ts';
import { failureIn } from '../../../fixtures/ringing.ts';
import { there } from '../../../fixtures/there.ts';
import { until } from '../../../fixtures/until.ts';
import { redriveCopy } from '../../failures/copies.ts';
import { FAILURE, originalOf } from '../../failures/failure-headers.ts';
import { header } from '../../log/record.ts';
import { StateOverlay } from '../../state/state-overlay.ts';
import { StateStore } from '../../state/state-store.ts';
import type { FailpointName } from '../failpoints.ts';

describe('a decider', () => {
  let deciding: Deciding;
  beforeEach(() => void (deciding = new Deciding()));
  afterEach(() => deciding.stop());
  const idle = () => deciding.broker.idle();
  const upTo = (last: number) => Array.from({ length: last }, (_, index) => index + 1);

  it('answers each command once, with versions that follow one another', async () => {
    await deciding.start();
    for (const n of upTo(20)) for (const id of ['a', 'b', 'c']) await deciding.add(id, 1, `${id}${n}`);
    await idle();
    expect(await deciding.said()).toHaveLength(60);
    for (const counter of ['a', 'b', 'c']) {
      const mine = (await deciding.said()).filter(({ id }) => id === counter);
      expect(mine.map(({ total }) => total)).toEqual(upTo(20));
      expect(mine.map(({ version }) => version)).toEqual(upTo(20));
    }
  });

  it('ignores a command that it has handled, and refuses the same id for another request', async () => {
    await deciding.start();
    for (const hash of ['hash', 'hash', 'another']) await deciding.add('a', 1, 'same', hash);
    await deciding.add('a', 5, 'last');
    await idle();
    expect((await deciding.said()).map(({ type, total }) => [type, total])).toEqual([
      ['Added', 1],
      ['AdditionRefused', undefined],
      ['Added', 6],
    ]);
  });

  it('knows the first request of an id after others were refused under it, and refuses each once (the last one had replaced the first)', async () => {
    await deciding.start();
    for (const hash of ['hash', 'another', 'hash', 'another', 'third', 'another', 'hash'])
      await deciding.add('a', 1, 'same', hash);
    await deciding.add('a', 5, 'last');
    const types = ['Added', 'AdditionRefused', 'AdditionRefused', 'Added'];
    await idle();
    expect((await deciding.said()).map(({ type }) => type)).toEqual(types);
    await deciding.pause();
    deciding.loseState();
    await deciding.start();
    for (const hash of ['hash', 'another', 'third']) await deciding.add('a', 1, 'same', hash);
    await deciding.add('a', 5, 'very last');
    await idle();
    expect((await deciding.said()).map(({ type }) => type)).toEqual([...types, 'Added']);
  });

  it('sets aside what it cannot handle, byte for byte and with the reason, and goes on', async () => {
    await deciding.start();
    const poison = deciding.command('a', 1, 'x');
    await deciding.add('a', 13, 'unlucky');
    deciding.append({ ...poison, value: Buffer.from('not avro') });
    deciding.append({ ...poison, partition: 1 - poison.partition });
    await deciding.add('a', 2, 'good');
    await idle();
    expect(await deciding.said()).toMatchObject([{ type: 'Added', total: 2, version: 1 }]);
    const letters = await deciding.deadLetters();
    const undecodable = letters.find(({ value }) => value?.toString() === 'not avro');
    expect(undecodable?.key).toEqual(poison.key);
    expect(undecodable?.headers.slice(0, poison.headers.length)).toEqual(poison.headers);
    expect(header(undecodable?.headers ?? [], FAILURE.topic)).toBe(deciding.commands);
    expect(letters.map(({ headers }) => header(headers, FAILURE.lastClass)).sort()).toEqual([
      'Error',
      'Undecodable',
      'WrongPartition',
    ]);
    expect(letters.map(({ headers }) => header(headers, FAILURE.lastMessage))).toContain('13 is unlucky');
  });

  it('takes a dead letter that somebody has copied to its topic for a new command (it failed again, and was listed nowhere)', async () => {
    await deciding.start();
    await deciding.add('a', 13, 'unlucky');
    const letters = async () => {
      await idle();
      return deciding.deadLetters();
    };
    const topic = deciding.commands;
    const [letter] = await letters();
    const { partition } = there(letter);
    deciding.append({ ...there(letter), topic });
    const [first, byHand] = (await letters()).map(failureIn);
    expect(byHand?.id).not.toBe(first?.id);
    expect(byHand?.place).toMatchObject({ topic, partition, offset: 1n });

    const copy = redriveCopy(originalOf(there(letter)), there(first), { topic, since: Date.now() });
    await writeAsLibrary(deciding.broker.cluster, [copy]);
    expect(await letters()).toHaveLength(3);
    const redriven = (await deciding.read(topic)).find(({ offset }) => offset === 2n);
    deciding.append(there(redriven));
    const [, , again, copied] = (await letters()).map(failureIn);
    expect(again).toMatchObject({ id: first?.id, redrives: 1, attempts: 2 });
    expect(copied).toMatchObject({ redrives: 0, attempts: 1 });
    expect(new Set([first, byHand, copied].map((each) => each?.id)).size).toBe(3);
  });

  it('sets aside a command whose events are more than their topic takes, and a batch that cannot be read (both stopped the partition)', async () => {
    await deciding.start();
    await deciding.add('a', -6_000, 'many');
    await deciding.add('a', 2, 'good');
    const batch = { topic: deciding.commands, key: null, value: Buffer.from('?'), headers: [] };
    const error = Object.assign(new Error('The batch cannot be read'), { name: 'BrokenBatch' });
    for (const partition of [0, 1])
      deciding.broker.cluster.broker.appendBroken({ ...batch, partition }, { codec: 'gzip', error });
    await deciding.add('a', 3, 'better');
    await idle();
    expect((await deciding.said()).map(({ total, version }) => `${total}/${version}`)).toEqual([
      '2/1',
      '5/2',
    ]);
    const letters = await deciding.deadLetters();
    const reasons = letters.map(({ headers }) => header(headers, FAILURE.lastMessage)).sort();
    expect(reasons).toHaveLength(3);
    expect(reasons[2]).toMatch(/^What follows from Add has \d+ bytes in 6000 messages .* at once$/);
    expect(reasons[0]).toBe('The batch cannot be read');
  });

  it.each<FailpointName>([
    'after-fence',
    'after-send',
    'after-offsets',
    'before-commit',
    'after-commit',
    'before-state-write',
  ])('is exactly-once when it fails %s, again and again', async (where) => {
    let passed = 0;
    await deciding.start(async (name) => {
      if (name === where && ++passed % 3 === 1) throw new Error(`failed ${where}`);
    });
    for (const n of upTo(30)) {
      await deciding.add('a', 1, `a${n}`);
      // Several batches, and not one of all.
      if (n % 10 === 0) await until(async () => (await deciding.said()).length >= n);
    }
    await idle();
    expect(passed).toBeGreaterThan(1);
    expect((await deciding.said()).map(({ total }) => total)).toEqual(upTo(30));
  });

  type Faults = Deciding['broker']['faults'];
  /** The fault, what the decider says of it, and whether it leaves aborted answers in the log. */
  it.each<[string, (faults: Faults, group: string) => void, RegExp, boolean]>([
    ['an abort', (faults, group) => faults.abort(group), /was aborted/, true],
    ['a fence', (faults, group) => faults.fence(group), /was taken over/, false],
    [
      'a commit that nobody hears of',
      (faults, group) => faults.unknownOutcome(group, true),
      /was not answered/,
      false,
    ],
    [
      'a commit that never arrives',
      (faults, group) => faults.unknownOutcome(group, false),
      /was not answered/,
      true,
    ],
    ['a rebalance', (faults, group) => faults.rebalance(group), /generation 2$/, false],
  ])('is exactly-once through %s', async (_, fault, says, aborts) => {
    await deciding.start();
    await deciding.add('a', 1, 'a1');
    await idle();
    fault(deciding.broker.faults, deciding.platform.rules.group);
    // Not what it knows already: the transaction would be empty.
    for (const id of ['a2', 'a1', 'a3']) await deciding.add('a', 1, id);
    await idle();
    expect((await deciding.said()).map(({ total }) => total)).toEqual([1, 2, 3]);
    expect(deciding.logged).toContainEqual(expect.stringMatching(says));
    expect(deciding.aborted().length > 0).toBe(aborts);
  });

  /** Ten events of the counter, and then nobody at work. */
  async function tenAndStopped(): Promise<void> {
    await deciding.start();
    for (const n of upTo(10)) await deciding.add('a', 1, `a${n}`);
    await idle();
    await deciding.pause();
  }

  /** As a process that knows the log only would: with what it was told, and one that is told again. */
  async function goesOnFromTheLog(): Promise<void> {
    await deciding.start();
    await deciding.add('a', 1, 'a3');
    await deciding.add('a', 5, 'a11');
    await idle();
    expect(await deciding.said()).toHaveLength(11);
    expect((await deciding.said()).at(-1)).toMatchObject({ total: 15, version: 11 });
  }

  it('rebuilds its state from the events when the directory is lost, and knows handled commands again', async () => {
    await tenAndStopped();
    deciding.loseState();
    await goesOnFromTheLog();
  });

  /** Something that no event has said. */
  function ahead(): StateOverlay {
    const { initial } = deciding.platform.rules;
    const overlay = new StateOverlay(
      { aggregate: () => undefined, handled: () => undefined } as never,
      initial,
      'spec',
    );
    overlay.set('a', { state: initial, version: 99 });
    return overlay;
  }

  it('rebuilds its state from the events when it is ahead of them: the log was set back', async () => {
    await tenAndStopped();
    for (const partition of [0, 1]) {
      const store = new StateStore(deciding.stateOf(partition));
      store.write(ahead(), { from: store.position, to: store.position + 1_000n });
      await store.close();
    }
    await goesOnFromTheLog();
  });

  it('rebuilds its state from the events when one of those that it was built on was aborted after all', async () => {
    await tenAndStopped();
    const { cluster } = deciding.broker;
    // As if the markers of two transactions had been lost, and a later one of the same producer had taken them along.
    for (const partition of [0, 1]) {
      const topic = deciding.events;
      const record = (value: string) => ({
        topic,
        partition,
        key: null,
        value: Buffer.from(value),
        headers: [],
      });
      const position = { group: 'none', topic, partition, offset: 0n, memberId: '', generation: -1 };
      const failpoint = async (name: FailpointName) => {
        if (name === 'after-send') throw new Error('given up');
      };
      const producer = cluster.producer({ transactionalId: `tx-${partition}`, failpoint });
      await producer.fence();
      await expect(producer.transact([{ records: [record('1'), record('2')], position }])).rejects.toThrow(
        'given up',
      );
      const store = new StateStore(deciding.stateOf(partition));
      const overlay = ahead();
      overlay.remember('a11', { time: Date.now(), requestHash: '' });
      await until(async () => (await cluster.log.stableEnd(topic, partition)) >= store.position + 3n);
      store.write(overlay, { from: store.position, to: store.position + 2n, lastEvent: store.position + 1n });
      await store.close();
    }
    await goesOnFromTheLog();
  });
});
