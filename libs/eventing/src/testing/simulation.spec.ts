import 'reflect-metadata';
import { describe, expect, it } from '@jest/globals';
import { Effect, Perform, Policy, Whenever } from '../nest/handlers.ts';
import { counters } from '../../fixtures/counters.ts';
import { runGroup } from './run-group.ts';
import { simulation } from './simulation.ts';
import { SpecBroker } from './spec-broker.ts';

const { Add, Added, rules } = counters();
type Added = ReturnType<typeof Added>;

const COUNTERS = 5;
const PARTITIONS = 2;
const HOUR_MS = 3_600_000;

@Policy({ group: 'shadow' })
class ShadowPolicy {
  @Whenever(Added)
  follow({ data: { id, total } }: Added) {
    return id.endsWith('-shadow') ? [] : [Add({ id: `${id}-shadow`, amount: total })];
  }
}

/** Gets nothing of what is divisible by three out at once. */
@Effect({ group: 'shout', retry: { immediate: 1, delays: ['1h'], within: '2h' } })
class ShoutEffect {
  readonly tried = new Map<string, number>();

  @Perform(Added)
  async shout(
    { data: { total } }: Added,
    { idempotencyKey: key }: { idempotencyKey: string },
  ): Promise<void> {
    const tries = (this.tried.get(key) ?? 0) + 1;
    this.tried.set(key, tries);
    if (total % 3 === 0 && tries < 3) throw new Error('hoarse');
  }
}

/** Orders of four groups, one of them with two members, under faults that are drawn; and all that is in the log afterwards. */
async function run(seed: number) {
  const simulated = simulation(seed);
  const { random, clock } = simulated;
  const upTo = (most: number) => Math.floor(random() * most);
  const broker = new SpecBroker([rules.commands, rules.events], PARTITIONS, simulated);
  const { faults } = broker;
  const options = { broker };
  const groups = [await runGroup(rules, options), await runGroup(new ShadowPolicy(), options)];
  groups.push(await runGroup(new ShoutEffect(), options));
  const other = await runGroup(rules, options);
  const fence = (group: string) => {
    try {
      faults.fence(group);
    } catch {
      // Its last transaction is still ending: brokers refuse that, too.
    }
  };
  const kinds = [
    () => faults.abort(rules.group),
    () => faults.unknownOutcome(rules.group, true),
    () => faults.unknownOutcome('shadow', false),
    () => fence(rules.group),
    () => fence('shadow'),
    () => faults.rebalance(rules.group),
    () => faults.rebalance('shout'),
    () => faults.delayMarkers(() => upTo(40)),
    () => undefined,
  ];
  for (let n = 0; n < 40; n++) {
    await broker.publish(Add({ id: `c${n % COUNTERS}`, amount: n === 17 ? 13 : 1 }));
    kinds[upTo(kinds.length)]?.();
    if (n === 25) await other.stop();
    await broker.pass(upTo(60));
  }
  await broker.idle();
  const totals = new Map(broker.sent(Added).map(({ data }) => [data.id, data.total]));
  const letters = broker.deadLetters(rules.group, rules.commands.topic).length;
  for (const group of groups) await group.stop();
  return { log: [...everything(broker)], totals, letters, tookMs: clock.elapsed() };
}

/** Each offset of each partition: the record, of a transaction that was committed or not, or a marker. */
function* everything({ cluster }: SpecBroker): Generator<string> {
  for (const partition of cluster.broker.topics.all())
    for (let offset = 0n; offset < partition.highWatermark; offset++) {
      const { record, outcome = 'marker' } = partition.at(offset) ?? {};
      const { key, value, headers = [], timestamp, producerId } = record ?? {};
      const texts = headers.map(([name, content]) => `${name}=${content?.toString('latin1')}`);
      const bytes = [key, value].map((each) => each?.toString('hex'));
      const where = `${partition.topic}-${partition.partition}@${offset}`;
      yield [where, outcome, producerId, timestamp, ...bytes, ...texts].map(String).join(' ');
    }
}

describe('a simulated run', () => {
  it('is the same for the same seed: every record of every topic, with all that goes wrong; and another one for another', async () => {
    const [first, again, another] = [await run(1), await run(1), await run(2)];
    expect(again.log).toEqual(first.log);
    expect(another.log).not.toEqual(first.log);
    for (const { log, totals, letters } of [first, another]) {
      expect(log.filter((line) => line.includes(' aborted '))).not.toEqual([]);
      expect(letters).toBe(1);
      const expected = Array.from({ length: COUNTERS }, (_, n) => [`c${n}`, n === 2 ? 7 : 8]);
      expect([...totals].filter(([id]) => !id.endsWith('-shadow')).sort()).toEqual(expected);
      expect(log.filter((line) => line.includes('.retry.1-'))).not.toEqual([]);
    }
    // The retries come after an hour.
    expect(first.tookMs).toBeGreaterThan(HOUR_MS);
  });

  it('says so when what is waited for will never happen', async () => {
    const broker = new SpecBroker([rules.commands, rules.events], PARTITIONS, simulation(1));
    await expect(broker.run(new Promise(() => undefined))).rejects.toThrow('will never happen');
  });
});
