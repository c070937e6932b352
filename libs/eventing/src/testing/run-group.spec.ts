import 'reflect-metadata';
import { readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { afterEach, describe, expect, it } from '@jest/globals';
import { after, ConfigurationError, delayTopic } from '../domain/index.ts';
import { Effect, Perform, Policy, Project, Projection, Whenever } from '../nest/handlers.ts';
import { RegistryUnavailable } from '../serde/schema-registry.ts';
import { counters } from '../../fixtures/counters.ts';
import { doors } from '../../fixtures/doors.ts';
import { askToRedrive, letterOf, redriverOf } from '../../fixtures/redriver.ts';
import { failureIn } from '../../fixtures/ringing.ts';
import { until } from '../../fixtures/until.ts';
import { type GroupUnderTest, runGroup } from './run-group.ts';
import { SpecBroker } from './spec-broker.ts';

const { Add, Added, AdditionRefused, rules } = counters();
type Added = ReturnType<typeof Added>;

/** Whenever something was added, the same amount is added to its shadow, once. */
@Policy({ group: 'shadow' })
class ShadowPolicy {
  @Whenever(Added)
  follow({ data: { id, total } }: Added) {
    return id.endsWith('-shadow') ? [] : [Add({ id: `${id}-shadow`, amount: total })];
  }
}

@Effect({ group: 'shout' })
class ShoutEffect {
  readonly shouted: string[] = [];
  failures = 0;

  @Perform(Added)
  async shout({ data: { id, total } }: Added): Promise<void> {
    if (this.failures-- > 0) throw new Error('hoarse');
    this.shouted.push(`${id} ${total}`);
  }
}

describe('runGroup', () => {
  let broker = new SpecBroker([rules.commands, rules.events]);
  const running: GroupUnderTest[] = [];
  const run = async (handler: object) => {
    running.push(await runGroup(handler, { broker }));
    return running.at(-1) as GroupUnderTest;
  };
  const reasons = () =>
    running.flatMap(({ status }) => [...status.workers.values()].map(({ reason }) => reason));
  afterEach(async () => {
    await Promise.all(running.splice(0).map((group) => group.stop()));
    broker = new SpecBroker([rules.commands, rules.events]);
  });

  it('runs a decider: commands in, events out', async () => {
    await run(rules);
    await broker.publish(Add({ id: 'a', amount: 2 }));
    await broker.publish(Add({ id: 'a', amount: 3 }));
    await broker.idle();
    expect(broker.sent(Added).map(({ data, metadata }) => [data.total, metadata.version])).toEqual([
      [2, 1],
      [5, 2],
    ]);
  });

  it('runs several groups on one broker: a policy answers what a decider says', async () => {
    await Promise.all([run(rules), run(new ShadowPolicy())]);
    await broker.publish(Add({ id: 'a', amount: 2 }));
    await broker.idle();
    const totals = new Map(broker.sent(Added).map(({ data }) => [data.id, data.total]));
    expect(totals).toEqual(
      new Map([
        ['a', 2],
        ['a-shadow', 2],
      ]),
    );
  });

  it('recognises a command that comes again, and refuses another one under its id', async () => {
    await run(rules);
    const again = { id: 'one', requestHash: 'x' };
    await broker.publish(Add({ id: 'a', amount: 2 }), again);
    await broker.publish(Add({ id: 'a', amount: 2 }), again);
    await broker.publish(Add({ id: 'a', amount: 9 }), { id: 'one', requestHash: 'y' });
    await broker.idle();
    expect(broker.sent(Added)).toHaveLength(1);
    expect(broker.sent(AdditionRefused)).toHaveLength(1);
  });

  it('makes a dead letter of what can never be handled', async () => {
    await run(rules);
    await broker.publish(Add({ id: 'a', amount: 13 }));
    await broker.publish(Add({ id: 'a', amount: 1 }));
    await broker.idle();
    expect(broker.deadLetters(rules.group, rules.commands.topic)).toHaveLength(1);
    expect(broker.sent(Added).map(({ data }) => data.total)).toEqual([1]);
  });

  it('runs an effect, with its attempts', async () => {
    const effect = new ShoutEffect();
    effect.failures = 2;
    await Promise.all([run(rules), run(effect)]);
    await broker.publish(Add({ id: 'a', amount: 2 }));
    await broker.idle();
    expect(effect.shouted).toEqual(['a 2']);
  });

  it('loses and doubles nothing when transactions are fenced, torn from their answer, or hang for a while', async () => {
    const { faults } = broker;
    await Promise.all([run(rules), run(new ShadowPolicy())]);
    faults.holdMarkers();
    await broker.publish(Add({ id: 'a', amount: 2 }));
    await broker.publish(Add({ id: 'b', amount: 3 }));
    while (faults.markersHeld < 2) await new Promise(setImmediate);
    faults.unknownOutcome(rules.group, true);
    faults.releaseMarkers();
    faults.rebalance(rules.group);
    await broker.publish(Add({ id: 'a', amount: 2 }));
    await broker.idle();
    const totals = new Map(broker.sent(Added).map(({ data }) => [data.id, data.total]));
    expect(Object.fromEntries(totals)).toEqual({ a: 4, 'a-shadow': 6, b: 3, 'b-shadow': 3 });
    expect(broker.sent(Added)).toHaveLength(6);
  });

  it('shares the partitions of a group among its members, and gives those of a killed one to the others', async () => {
    const states = () => running.map(({ status }) => status.workers.size);
    await Promise.all([run(rules), run(rules)]);
    while (states().join() !== '1,1') await new Promise(setImmediate);
    running[0]?.kill();
    for (const id of ['a', 'b', 'c', 'd']) await broker.publish(Add({ id, amount: 2 }));
    await broker.idle();
    expect(broker.sent(Added)).toHaveLength(4);
  });

  it('runs a group that delays commands', async () => {
    @Policy({ group: 'later' })
    class LaterPolicy {
      @Whenever(Added)
      follow({ data: { id } }: Added) {
        return id === 'later' ? [] : after(20, Add({ id: 'later', amount: 1 }));
      }
    }
    const topic = rules.commands.topic;
    const delays = { group: 'delays', kind: 'delay', topics: [delayTopic(topic)], delays: { [topic]: 20 } };
    await Promise.all([run(rules), run(new LaterPolicy()), run(delays)]);
    await broker.publish(Add({ id: 'now', amount: 2 }));
    await broker.idle();
    expect(
      broker
        .sent(Added)
        .map(({ data }) => data.id)
        .toSorted(),
    ).toEqual(['later', 'now']);
  });

  it('runs a group that gives dead letters back', async () => {
    const [failed, asking] = [doors(), doors()];
    broker = new SpecBroker([...failed.contracts, ...asking.contracts]);
    await broker.deploy({ group: failed.group, kind: 'policy', topics: [failed.events] });
    const letter = letterOf(failed, { partition: 0, offset: 0n }, { key: Buffer.from('a') });
    broker.cluster.broker.append(letter);
    await run(redriverOf(asking));
    await broker.publish(asking.Rung({ door: askToRedrive(letter), times: 1 }));
    await broker.idle();
    expect(broker.sent(asking.Open).map(({ data }) => data.door)).toEqual([`sent/${failureIn(letter).id}`]);
  });

  it('waits for a registry that is down, and decides nothing meanwhile', async () => {
    await run(rules);
    broker.faults.registryDown(new RegistryUnavailable('nobody answers'));
    const foreign = { topic: rules.commands.topic, partition: 0, key: Buffer.from('x'), headers: [] };
    broker.cluster.broker.append({ ...foreign, value: Buffer.from([0, 0, 0, 0, 99, 1]) });
    await until(() => reasons().includes('schema registry is down: nobody answers'));
    await expect(broker.idle(50)).rejects.toThrow('schema registry is down: nobody answers');
    broker.faults.registryDown(undefined);
    await broker.idle();
    expect(broker.deadLetters(rules.group, rules.commands.topic)).toHaveLength(1);
  });

  it('says what stands still, where nothing changes any more', async () => {
    const effect = new ShoutEffect();
    const deaf = { code: 'ECONNREFUSED', dependency: 'the megaphone' };
    effect.shout = async () => {
      throw Object.assign(new Error('deaf'), deaf);
    };
    await Promise.all([run(rules), run(effect)]);
    await broker.publish(Add({ id: 'a', amount: 2 }));
    await until(() => reasons().includes('the megaphone is down: deaf'));
    await expect(broker.idle(50)).rejects.toThrow(
      /^Nothing has changed for 50 ms: shout stands at offset 0 of .*, which ends at 2; shout: the megaphone is down: deaf$/,
    );
  });

  it('refuses a fault of a group that nobody knows, and names those that are known (a typo was a spec without its fault)', async () => {
    const { faults } = broker;
    expect(() => faults.abort('typo')).toThrow('No group typo is known here; known are: none');
    await run(rules);
    const message = `No group typo is known here; known are: ${rules.group}`;
    expect(() => faults.abort('typo')).toThrow(message);
    expect(() => faults.unknownOutcome('typo', true)).toThrow(message);
    expect(() => faults.fence('typo')).toThrow(message);
    expect(() => faults.rebalance('typo')).toThrow(message);
  });

  it('refuses a fault that would strike nobody', async () => {
    const { faults } = broker;
    await broker.deploy({ group: 'nobody', kind: 'policy', topics: [rules.events.topic] });
    expect(() => faults.fence('nobody')).toThrow('nobody has no producers yet');
    expect(() => faults.rebalance('nobody')).toThrow('nobody has no members');
    expect(() => faults.releaseMarkers()).toThrow('No markers were kept back');
    expect(() => faults.loseMarkers()).toThrow('No markers were kept back');
  });

  it('does not end well when a fault that was asked for has never struck', async () => {
    const { faults } = broker;
    await Promise.all([run(rules), run(new ShadowPolicy())]);
    faults.abort(rules.group);
    faults.unknownOutcome('shadow', false);
    faults.delayMarkers(() => 0);
    faults.registryDown(new RegistryUnavailable('nobody answers'));
    const unstruck = [
      `a transaction of ${rules.group} is aborted`,
      'a commit of shadow never arrives',
      'a marker comes late',
      'the registry does not answer: nobody answers',
    ];
    expect(faults.unstruck).toEqual(unstruck);
    const [decider, policy] = running.splice(0);
    await policy?.stop();
    await expect(decider?.stop()).rejects.toThrow(`Asked for, and never happened: ${unstruck.join('; ')}`);
  });

  it('ends well when every fault has struck', async () => {
    const { faults } = broker;
    await Promise.all([run(rules), run(new ShadowPolicy())]);
    faults.abort(rules.group);
    faults.unknownOutcome('shadow', false);
    faults.delayMarkers(() => 5);
    expect(faults.unstruck).toHaveLength(3);
    await broker.publish(Add({ id: 'a', amount: 2 }));
    await broker.idle();
    expect(faults.unstruck).toEqual([]);
  });

  it('refuses what is no handler', async () => {
    await expect(runGroup({}, { broker })).rejects.toThrow('Object is no handler');
  });

  it('left its directory behind when it refused a handler', async () => {
    @Projection({ name: 'refused', version: 1 })
    class NotAllProjection {
      @Project(Added)
      async added(): Promise<void> {}
    }
    await expect(runGroup(new NotAllProjection(), { broker })).rejects.toThrow(ConfigurationError);
    const left = readdirSync(tmpdir()).filter((name) =>
      name.startsWith('atelier-group-projections.refused.v1-'),
    );
    expect(left).toEqual([]);
  });
});
