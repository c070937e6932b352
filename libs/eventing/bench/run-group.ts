import 'reflect-metadata';
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { counters } from '../fixtures/counters.ts';
import { doors } from '../fixtures/doors.ts';
import { askToRedrive, letterOf, redriverOf } from '../fixtures/redriver.ts';
import { answering, createSeen, performing, projecting, seenBy } from '../fixtures/ringing-handlers.ts';
import { delayTopic, redriveTopic } from '../src/domain/index.ts';
import { RecordBuilder } from '../src/serde/record-builder.ts';
import { type GroupUnderTest, runGroup } from '../src/testing/run-group.ts';
import { SpecBroker } from '../src/testing/spec-broker.ts';

/**
 * How long a handler of each kind takes in a spec: from a new broker until one message is handled, and its outcome was looked at.
 * Each kind in a process of its own, which has handled nothing before; a projection with the database of DATABASE_URL.
 */
const TIMES = 20;

/** Runs it once, to its outcome. */
type Once = () => Promise<GroupUnderTest>;

const kinds: Record<string, () => Promise<Once>> = {
  decider: async () => async () => {
    const { rules, Add, Added } = counters();
    const broker = new SpecBroker([rules.commands, rules.events]);
    const group = await runGroup(rules, { broker });
    await broker.publish(Add({ id: 'a', amount: 2 }));
    await broker.idle();
    assert.deepEqual(
      broker.sent(Added).map(({ data }) => data.total),
      [2],
    );
    return group;
  },
  policy: async () => async () => {
    const parts = doors();
    const broker = new SpecBroker(parts.contracts);
    const group = await runGroup(
      answering({ doors: parts, knocks: false }, {}, () => undefined),
      { broker },
    );
    await broker.publish(parts.Rung({ door: 'a', times: 1 }));
    await broker.idle();
    assert.equal(broker.sent(parts.Open).length, 1);
    return group;
  },
  effect: async () => async () => {
    const parts = doors();
    const performed: string[] = [];
    const broker = new SpecBroker(parts.contracts);
    const effect = performing({ doors: parts, knocks: false }, {}, () => undefined, performed);
    const group = await runGroup(effect, { broker });
    await broker.publish(parts.Rung({ door: 'a', times: 1 }), { id: 'one' });
    await broker.idle();
    assert.deepEqual(performed, ['one']);
    return group;
  },
  redrive: async () => async () => {
    const [failed, asking] = [doors(), doors()];
    const broker = new SpecBroker([...failed.contracts, ...asking.contracts]);
    await broker.deploy({ group: failed.group, kind: 'policy', topics: [failed.events] });
    const letter = letterOf(failed, { partition: 0, offset: 0n }, { key: Buffer.from('a') });
    broker.cluster.broker.append(letter);
    const group = await runGroup(redriverOf(asking), { broker });
    await broker.publish(asking.Rung({ door: askToRedrive(letter), times: 1 }));
    await broker.idle();
    assert.equal(broker.messages(asking.commands).length, 1);
    const copies = broker.cluster.broker.topics.topic(redriveTopic(failed.group, failed.events)).partitions;
    assert.ok(copies.some(({ highWatermark }) => highWatermark > 0n));
    return group;
  },
  delay: async () => async () => {
    const { rules, Add } = counters();
    const topic = rules.commands.topic;
    const delays = { [topic]: 1 };
    const broker = new SpecBroker([rules.commands, rules.events]);
    const topics = [delayTopic(topic)];
    const group = await runGroup({ group: 'delays', kind: 'delay', topics, delays }, { broker });
    const builder = new RecordBuilder(broker.codec, broker.catalogue, 'bench', delays);
    const metadata = { id: 'one', time: Date.now(), correlationId: 'one' };
    const command = Add({ id: 'a', amount: 2 });
    broker.cluster.broker.append(builder.delayed({ command, delayMs: 1 }, metadata));
    await broker.idle();
    assert.equal(broker.sent(Add).length, 1);
    return group;
  },
  projection: async () => {
    const { scratchReadModel } = await import('../fixtures/scratch-read-model.ts');
    const { database, drop } = await scratchReadModel();
    await createSeen(database);
    ending = drop;
    return async () => {
      const { name } = doors();
      const parts = doors(name, `projections.${name}.v1`);
      const broker = new SpecBroker(parts.contracts);
      const rows = projecting({ doors: parts, knocks: false }, undefined, () => undefined);
      const group = await runGroup(rows, { broker, database });
      await broker.publish(parts.Rung({ door: 'a', times: 1 }), { id: 'one' });
      await broker.idle();
      assert.deepEqual(await seenBy(database, parts.group), ['one']);
      return group;
    };
  },
};

let ending = async () => {};

async function measured(once: Once): Promise<number> {
  const began = performance.now();
  const group = await once();
  const took = performance.now() - began;
  await group.stop();
  return took;
}

async function measure(kind: string): Promise<void> {
  const once = await kinds[kind]?.();
  if (!once) throw new Error(`There is no kind ${kind}: ${Object.keys(kinds).join(', ')}`);
  const first = await measured(once);
  const more: number[] = [];
  for (let time = 0; time < TIMES; time++) more.push(await measured(once));
  const median = more.toSorted((one, other) => one - other)[TIMES / 2] ?? 0;
  console.log(`${kind.padEnd(10)} ${first.toFixed(0).padStart(6)} ${median.toFixed(1).padStart(8)}`);
  await ending();
}

const [only] = process.argv.slice(2);
if (only === undefined) {
  console.log('kind        first   median   (ms)');
  const { execPath, execArgv } = process;
  for (const kind of Object.keys(kinds)) {
    if (kind === 'projection' && process.env['DATABASE_URL'] === undefined)
      console.log('projection  needs DATABASE_URL');
    else spawnSync(execPath, [...execArgv, import.meta.filename, kind], { stdio: 'inherit' });
  }
} else await measure(only);
