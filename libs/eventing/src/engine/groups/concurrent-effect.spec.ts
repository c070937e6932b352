import 'reflect-metadata';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { inMemory } from '../../../fixtures/hosts.ts';
import { PostOffice } from '../../../fixtures/post-office.ts';
import { failureIn, Ringing, ringing } from '../../../fixtures/ringing.ts';
import type { EffectFacts } from '../../../fixtures/ringing-handlers.ts';
import { until } from '../../../fixtures/until.ts';
import { isDone } from '../../log/done-ranges.ts';
import type { GroupUnderTest } from '../../testing/run-group.ts';
import type { SpecBroker } from '../../testing/spec-broker.ts';
import { doneIn, MOST_DONE_BYTES } from '../commits/done-text.ts';

const refused = () => Object.assign(new Error('no connection'), { code: 'ECONNREFUSED' });
const hopeless = () => Object.assign(new Error('hopeless'), { retryable: false });
const passing = () => Object.assign(new Error('not now'), { retryable: true });
const numbered = (count: number, name: (n: number) => string) =>
  Array.from({ length: count }, (_, n) => name(n));

describe('an effect that performs keys at once', () => {
  let group: Ringing<SpecBroker>;
  let post: PostOffice;
  const elsewhere: string[] = [];
  beforeEach(() => {
    post = new PostOffice();
  });
  afterEach(async () => {
    post.letAllGo();
    await group.stop();
    for (const directory of elsewhere.splice(0)) rmSync(directory, { recursive: true, force: true });
  });

  async function made(facts: EffectFacts & { concurrency: number }): Promise<void> {
    // However slow this machine is.
    const patient = { kind: 'effect', timeoutMs: 300_000, ...facts } as const;
    group = await ringing(inMemory, patient, post.performs);
  }

  /** Where nobody has heard of it. */
  function startElsewhere(): Promise<GroupUnderTest> {
    const stateDir = mkdtempSync(join(tmpdir(), 'atelier-elsewhere-'));
    elsewhere.push(stateDir);
    return group.start({ stateDir });
  }

  /** Each of a key of its own, unless it has a name like `key/1`. */
  async function ring(...ids: readonly string[]): Promise<void> {
    for (const id of ids) await group.ring(id.split('/')[0] as string, 1, id);
  }

  const position = () => group.host.cluster.log.position(group.group, group.events, 0);
  async function doneBeyond(): Promise<(offset: number) => boolean> {
    const { offset, metadata } = await position();
    const done = doneIn(metadata, offset);
    return (at) => BigInt(at) < offset || isDone(done, BigInt(at));
  }
  /** All but these of so many are committed. */
  const committedBut = (count: number, ...left: readonly number[]) =>
    until(async () => {
      const isCommitted = await doneBeyond();
      return numbered(count, String).every((n) => isCommitted(Number(n)) !== left.includes(Number(n)));
    });
  const deadLetters = async () => (await group.deadLetters()).map((letter) => failureIn(letter).last.message);

  it('has as many in its hands as it says and no more, and of a key one after the other', async () => {
    await made({ concurrency: 4 });
    const ids = numbered(40, (n) => `key ${n % 10}/${Math.floor(n / 10)}`);
    post.keep('key 0/0', 'key 1/0', 'key 2/0', 'key 3/0');
    await ring(...ids);
    await group.start();
    await until(() => post.inHandsOf(1).length === 4);
    expect(post.begunIn(1)).toEqual(ids.slice(0, 4));
    post.letAllGo();
    await group.host.idle();
    expect(post.mostIn(1)).toBe(4);
    expect(post.begunIn(1).toSorted()).toEqual(ids.toSorted());
    for (let key = 0; key < 10; key++) {
      const own = post.begunIn(1).filter((id) => id.startsWith(`key ${key}/`));
      expect(own).toEqual(numbered(4, (n) => `key ${key}/${n}`));
    }
    expect((await position()).metadata).not.toContain('.done');
  });

  it('a slow one holds up its key and nobody else, batch after batch', async () => {
    await made({ concurrency: 2 });
    post.keep('slow/1');
    await ring('slow/1', 'slow/2', ...numbered(50, (n) => `early ${n}`));
    await group.start();
    await committedBut(52, 0, 1);
    await ring(...numbered(50, (n) => `late ${n}`));
    await committedBut(102, 0, 1);
    expect((await position()).offset).toBe(0n);
    expect(post.begunIn(1)).not.toContain('slow/2');
    post.letGo('slow/1');
    await group.host.idle();
    expect(post.begunIn(1).at(-1)).toBe('slow/2');
    expect(await position()).toMatchObject({ offset: 102n });
  });

  it('is taken over where nobody has its marks: only what was in its hands is performed again', async () => {
    await made({ concurrency: 3 });
    post.keep('slow/1', 'other slow');
    await ring(
      'slow/1',
      ...numbered(20, String),
      'other slow',
      ...numbered(20, (n) => `more ${n}`),
      'slow/2',
    );
    const life = await group.start();
    await committedBut(43, 0, 21, 42);
    life.kill();
    const kept = post.forget();
    const other = await startElsewhere();
    await group.host.idle();
    expect(post.begunIn(2).toSorted()).toEqual(['other slow', 'slow/1', 'slow/2']);
    for (const { resolve } of kept) resolve(undefined);
    await other.stop();
  });

  it('keeps what an earlier owner has done until the position is past it', async () => {
    await made({ concurrency: 3 });
    post.keep('slow');
    await ring('slow', ...numbered(550, String));
    const life = await group.start();
    await committedBut(551, 0);
    life.kill();
    const kept = [...post.forget()];
    post.keep('slow', 'slower');
    const second = await startElsewhere();
    await until(() => post.inHandsOf(2).includes('slow'));
    await ring('slower', 'last');
    await committedBut(553, 0, 551);
    second.kill();
    kept.push(...post.forget());
    // Where it is one at a time, too.
    const single = new Ringing(group.host, group.doors, { kind: 'effect' }, () => undefined);
    await single.start();
    await group.host.idle();
    expect(await single.handled()).toEqual(['slow', 'slower']);
    for (const { resolve } of kept) resolve(undefined);
    await single.stop();
  });

  it('is killed and started again where its marks are: as many as ran are performed again, and no more', async () => {
    await made({ concurrency: 4, commitAfterMs: 60_000 });
    const slow = numbered(3, (n) => `slow ${n}`);
    post.keep(...slow);
    await ring(...slow, ...numbered(30, String));
    let marked = 0;
    const life = await group.start({
      failpoint: async (name) => void (marked += Number(name === 'after-effect')),
    });
    await until(() => marked === 30);
    expect((await position()).offset).toBe(0n);
    life.kill();
    const kept = post.forget();
    const again = await group.start();
    await group.host.idle();
    expect(post.begunIn(2).toSorted()).toEqual(slow);
    for (const { resolve } of kept) resolve(undefined);
    await again.stop();
  });

  it('begins nothing new where a position has no more room for what is done beyond it', async () => {
    await made({ concurrency: 8 });
    const pairs = numbered(240, String).flatMap((n) => [`slow/${n}`, `quick ${n}`]);
    post.keep('slow/0');
    await ring(...pairs);
    await group.start();
    await until(() => post.begunIn(1).length > 50);
    await expect(group.host.idle(300)).rejects.toThrow('Nothing has changed');
    const { metadata } = await position();
    expect(metadata.length).toBeLessThanOrEqual(MOST_DONE_BYTES + 10);
    expect(metadata.length).toBeGreaterThan(MOST_DONE_BYTES / 2);
    expect(post.begunIn(1).length).toBeLessThan(200);
    post.letAllGo();
    await group.host.idle();
    expect(post.begunIn(1).toSorted()).toEqual(pairs.toSorted());
  });

  it('an outage in the middle: what was done is committed, nothing is counted, and one probes', async () => {
    await made({ concurrency: 4, commitAfterMs: 60_000 });
    post.keep('down', 'slow');
    await ring('a', 'down', 'slow', 'b', 'c');
    const life = await group.start();
    await until(() => post.begunIn(1).length === 5 && post.inHandsOf(1).length === 2);
    post.letGo('down', refused());
    post.letGo('slow');
    post.keep('down');
    await until(() => post.begunIn(1).length === 6);
    expect([...(await position()).metadata.matchAll(/done/g)]).toHaveLength(1);
    expect((await doneBeyond())(1)).toBe(false);
    await ring('d', 'e');
    await expect(group.host.idle(100)).rejects.toThrow('Nothing has changed');
    expect(post.inHandsOf(1)).toEqual(['down']);
    post.letAllGo();
    await group.host.idle();
    expect(post.begunIn(1)).toEqual(['a', 'down', 'slow', 'b', 'c', 'down', 'd', 'e']);
    expect(await deadLetters()).toEqual([]);
    expect(life.logged.join()).toContain('waits for');
  });

  it('a dead letter and a retry in the middle concern nobody else', async () => {
    await made({ concurrency: 4, retry: { immediate: 0, delays: ['20ms'] } });
    post.keep('slow', 'hopeless', 'flaky');
    await ring('slow', 'hopeless', ...numbered(10, String), 'flaky', 'last');
    await group.start();
    await until(() => post.inHandsOf(1).length === 3);
    post.letGo('hopeless', hopeless());
    post.letGo('flaky', passing());
    await committedBut(14, 0);
    await until(() => post.begunIn(1).filter((id) => id === 'flaky').length === 2);
    post.letAllGo();
    await group.host.idle();
    expect(await deadLetters()).toEqual(['hopeless']);
    expect(post.begunIn(1)).toHaveLength(15);
  });

  it('what is parked beyond the position is found by whoever takes over', async () => {
    await made({ concurrency: 3, ordering: 'key', retry: { immediate: 0 } });
    post.keep('slow', 'bad/1');
    await ring('slow', 'bad/1', 'bad/2', 'bad/3', 'good');
    const life = await group.start();
    await until(() => post.inHandsOf(1).length === 2);
    post.letGo('bad/1', hopeless());
    await committedBut(5, 0);
    life.kill();
    const kept = post.forget();
    post.keep('slow');
    const other = await startElsewhere();
    const [letter] = await group.deadLetters();
    if (letter) await group.redrive(letter);
    await until(() => post.begunIn(2).length === 4);
    post.letAllGo();
    await group.host.idle();
    expect(post.begunIn(2).filter((id) => id !== 'slow')).toEqual(['bad/1', 'bad/2', 'bad/3']);
    expect(post.begunIn(2)).toHaveLength(4);
    for (const { resolve } of kept) resolve(undefined);
    await other.stop();
  });

  it('stops where what is said to be done is beyond the end of the log', async () => {
    await made({ concurrency: 2 });
    await ring('a', 'b');
    const producer = group.host.cluster.producer({ transactionalId: 'by hand' });
    await producer.fence();
    const at = { group: group.group, topic: group.events, partition: 0, memberId: '', generation: -1 };
    const metadata = () => '0|.done|1|9';
    await producer.transact([{ records: [], position: { ...at, offset: 0n }, metadata }]);
    const life = await group.start();
    await until(() => [...life.status.workers.values()].some(({ state }) => state === 'stopped'));
    const [worker] = life.status.workers.values();
    expect(worker?.reason).toContain(
      `has handled records up to offset 10 of ${group.events}-0, but the log holds`,
    );
    expect(post.begunIn(1)).toEqual([]);
  });

  it('lets what runs end when it is stopped, commits it, and begins nothing', async () => {
    await made({ concurrency: 2, commitAfterMs: 60_000 });
    post.keep('a', 'b');
    await ring('a', 'b', 'c');
    const life = await group.start();
    await until(() => post.inHandsOf(1).length === 2);
    const stopped = life.stop();
    post.letGo('b');
    post.letGo('a');
    await stopped;
    expect(post.begunIn(1)).toEqual(['a', 'b']);
    expect(await position()).toMatchObject({ offset: 2n, metadata: expect.not.stringContaining('done') });
  });
});
