import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { inMemory } from '../../fixtures/hosts.ts';
import { openTransaction } from '../../fixtures/log-reading.ts';
import { fatal, type Ringing, ringing } from '../../fixtures/ringing.ts';
import { until } from '../../fixtures/until.ts';
import { parkedTopic } from '../domain/index.ts';
import type { OutgoingRecord } from '../log/record.ts';
import type { SpecBroker } from '../testing/spec-broker.ts';
import type { GroupUnderTest } from '../testing/run-group.ts';
import { there } from '../../fixtures/there.ts';

/** Others can write to a topic of marks, and operators are told to. */
describe('what stands on a topic of marks', () => {
  let group: Ringing<SpecBroker>;
  let bad: boolean;
  beforeEach(async () => {
    bad = true;
    group = await ringing(inMemory, { kind: 'policy' }, ({ id }) =>
      bad && id === 'a1' ? fatal('no') : undefined,
    );
  });
  afterEach(() => group.stop());
  const start = () => group.start({ parking: { lookEveryMs: 20 } });

  const mark = (key: string, value: string | null): OutgoingRecord => ({
    topic: parkedTopic(group.group, group.events),
    partition: 0,
    key: Buffer.from(key),
    value: value === null ? null : Buffer.from(value),
    headers: [],
  });
  const write = (key: string, value: string | null) => group.append(mark(key, value));
  const { stringify } = JSON;

  it.each([
    ['an empty value', ''],
    ['garbage', '\u0000{]'],
    ['JSON that is no mark', 'null'],
    ['a mark without a failure', stringify({ failureId: '', since: '0', released: false })],
    ['a mark whose offset is a number', stringify({ failureId: 'f', since: 1, released: false })],
    [
      'a mark whose offset is too large',
      stringify({ failureId: 'f', since: '9'.repeat(19), released: false }),
    ],
    ['a mark that is neither free nor not', stringify({ failureId: 'f', since: '0', released: 'no' })],
  ])(
    'and is %s stops nothing, and is told until it was taken away (the partition waited for ever)',
    async (_, value) => {
      await write('a', value);
      const consumer = await start();
      await group.ring('a', 1, 'a0');
      await until(async () => (await group.handled()).length === 1);
      const { topic } = mark('a', null);
      const does = 'write a record of this key without a value to this partition';
      expect(noticesOf(consumer)).toEqual([
        `what ${topic}-0 says at offset 0 of the key "a" is no mark, and is ignored: ${does}`,
      ]);
      await write('a', null);
      await until(() => noticesOf(consumer).length === 0);
    },
  );

  it('and is no mark leaves the one before it in force, which is written again above it (compaction, or a tombstone as advised, took it away, and the key was skipped)', async () => {
    await group.ring('a', 1, 'a1');
    await group.ring('a', 1, 'a2');
    const first = await start();
    await until(() => group.cameToTheEnd());
    await group.pause();
    expect(noticesOf(first)).toEqual([]);
    const { topic } = mark('a', null);
    const before = there((await group.read(topic))[0]);
    const isLast = async () => {
      const { key, value } = there((await group.read(topic)).at(-1));
      return key?.toString() === 'a' && value?.toString() === before.value?.toString();
    };
    await write('a', 'not a mark');
    await write('b', '');
    const second = await start();
    await until(isLast);
    await until(() => noticesOf(second).length === 1);
    expect(noticesOf(second)).toEqual([expect.stringContaining('of the key "b" is no mark')]);
    await group.pause();
    const consumer = await start();
    await until(() => noticesOf(consumer).length === 1);
    await write('a', 'written while it runs');
    await until(isLast);
    await group.ring('a', 1, 'a3');
    await group.ring('b', 1, 'b1');
    await until(async () => (await group.handled()).length === 1);
    expect(await group.handled()).toEqual(['b1']);
    await write('b', null);
    await until(() => noticesOf(consumer).length === 0);
    bad = false;
    await group.redrive(there((await group.deadLetters())[0]));
    await until(async () => (await group.handled()).length === 4);
    expect(await group.handled()).toEqual(['b1', 'a1', 'a2', 'a3']);
  });

  it('is not taken to be all while a transaction hides the rest', async () => {
    await group.ring('a', 1, 'a1');
    await group.ring('a', 1, 'a2');
    await start();
    await until(() => group.cameToTheEnd());
    await group.pause();
    const hiding = await openTransaction(group.host.cluster, [mark('x', '')]);
    const consumer = await start();
    await group.ring('b', 1, 'b1');
    await until(() => reasonOf(consumer)?.includes('has a transaction open on') ?? false);
    await hiding.commit();
    await until(async () => (await group.handled()).length === 1);
    expect(await group.handled()).toEqual(['b1']);
  });

  it('may be a whole batch that nobody can read: it is told, and holds nothing back', async () => {
    const { topic } = mark('', '');
    const batch = { ...mark('x', 'a batch'), key: null };
    const error = Object.assign(new Error('The batch of offsets 0 to 0 cannot be read'), {
      name: 'BrokenBatch',
    });
    group.host.cluster.broker.appendBroken(batch, { codec: 'gzip', error });
    const consumer = await start();
    await until(() => noticesOf(consumer).length === 1);
    expect(noticesOf(consumer)[0]).toContain(
      `on ${topic}-0 no marks are read where The batch of offsets 0 to 0`,
    );
    await group.ring('b', 1, 'b1');
    await until(async () => (await group.handled()).length === 1);
  });
});

const noticesOf = ({ status }: GroupUnderTest) => status.notices;
const reasonOf = ({ status }: GroupUnderTest) => [...status.workers.values()][0]?.reason;
