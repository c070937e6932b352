import 'reflect-metadata';
import { cpuMs, defaultCacheDir, fetchParts, startBrokers } from '@atelier/local-stack';
import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { Session } from 'node:inspector/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { KafkaClient } from '../src/kafka/client/client.ts';
import { LogAppender } from '../src/kafka/producing/log-appender.ts';
import { logEnd } from '../src/kafka/groups/stored-positions.ts';
import { createTopics } from '../src/kafka/topics/topics.ts';
import { MemoryRegistry } from '../src/memory/memory-registry.ts';
import { MessageCodec } from '../src/serde/message-codec.ts';
import { RecordBuilder } from '../src/serde/record-builder.ts';
import { runGroup } from '../src/testing/run-group.ts';
import { systemClock } from '../src/time/system-clock.ts';
import { BareCopy } from './bare-copy.ts';
import { KafkaJsCopy } from './kafkajs-copy.ts';
import { accounts, Deposit } from './deposits.ts';
import { MeasuredHost, topicOf } from './measured-group.ts';

/**
 * A decider with all its commands waiting for it, against copies of the same records in transactions, in turns on one broker: one
 * with KafkaJS, and one that is written for it and does nothing that it need not. Absolute figures say something about the machine;
 * the ratios say what the engine costs. From the first fetch to the last position committed; the first round of each, in which
 * everything is cold, is not counted.
 */
const SIDES = ['decider', 'copy', 'kafkajs'] as const;
type Side = (typeof SIDES)[number];

const PARTITIONS = 6;
const ACCOUNTS = 10_000;
const CHUNK = 5_000;

interface Round {
  readonly ms: number;
  readonly clientMs: number;
  readonly brokerMs: number;
  readonly transactions: number;
}

const { values } = parseArgs({
  options: {
    commands: { type: 'string', default: '200000' },
    rounds: { type: 'string', default: '5' },
    only: { type: 'string' },
    profile: { type: 'string' },
  },
});
const [commands, rounds] = [whole(values.commands), whole(values.rounds)];
const dataDir = mkdtempSync(join(tmpdir(), 'atelier-bench-'));
await fetchParts(defaultCacheDir, console.log);
const brokers = await startBrokers({ dataDir, cacheDir: defaultCacheDir });
const client = new KafkaClient({ brokers: brokers.addresses, clientId: 'bench' });
const registry = new MemoryRegistry();
try {
  const ends = await writeCommands();
  const sides: Record<Side, () => Promise<Round>> = {
    decider: () => decide(ends),
    copy,
    kafkajs: kafkaJsCopy,
  };
  const found: Record<Side, Round[]> = { decider: [], copy: [], kafkajs: [] };
  for (let round = 0; round <= rounds; round++)
    for (const side of SIDES) {
      if (values.only !== undefined && values.only !== side) continue;
      const measured = await sides[side]();
      console.log(`${round === 0 ? 'cold' : `round ${round}`} ${side.padEnd(7)} ${told(measured)}`);
      if (round > 0) found[side].push(measured);
    }
  if (values.only === undefined) report(found);
} finally {
  await client.close();
  await brokers.stop();
  rmSync(dataDir, { recursive: true, force: true });
}

/** Answers where each partition ends. */
async function writeCommands(): Promise<bigint[]> {
  const topic = topicOf(Deposit.topic, PARTITIONS);
  await createTopics(client, [topic], { factor: 1, minInSync: 1 });
  const codec = new MessageCodec(registry, [accounts('writing').commands], systemClock);
  await codec.ready();
  const builder = new RecordBuilder(codec, { topics: [topic], groups: [] }, 'bench');
  const keys = Array.from({ length: ACCOUNTS }, () => randomUUID());
  const appender = new LogAppender(client);
  for (let at = 0; at < commands; at += CHUNK) {
    const chunk = Array.from({ length: Math.min(CHUNK, commands - at) }, (_, index) => {
      const [id, account] = [randomUUID(), keys[(at + index) % ACCOUNTS] as string];
      const command = Deposit({ account, amount: BigInt(at + index), reference: randomUUID() });
      return builder.record(command, { id, time: Date.now(), correlationId: id });
    });
    await Promise.all(chunk.map((record) => appender.append(record)));
  }
  return Promise.all(
    Array.from({ length: PARTITIONS }, (_, partition) => logEnd(client, Deposit.topic, partition)),
  );
}

async function decide(ends: readonly bigint[]): Promise<Round> {
  const rules = accounts(`accounts-${randomUUID()}`);
  const host = new MeasuredHost(client.sibling('decider'), registry, rules, PARTITIONS);
  const group = await runGroup(rules, { broker: host });
  const isFetching = () => [...group.status.workers.values()].some(({ state }) => state === 'running');
  while (!isFetching()) await sleep(1);
  const ended = measuring();
  await profiled(host.reached(ends));
  const round = ended(host.cluster.transactions);
  await group.stop();
  if (group.logged.some((line) => line.includes('again in'))) console.log(group.logged.join('\n'));
  return round;
}

async function copy(): Promise<Round> {
  const to = await topicForCopies();
  const copying = await BareCopy.start(client.sibling('copy'), Deposit.topic, to);
  const ended = measuring();
  await copying.run(commands);
  const round = ended(copying.transactions);
  await copying.close();
  return round;
}

async function kafkaJsCopy(): Promise<Round> {
  const copying = new KafkaJsCopy(brokers.addresses, await topicForCopies(), commands);
  await copying.start(Deposit.topic);
  const ended = measuring();
  await copying.run();
  const round = ended(copying.transactions);
  await copying.close();
  return round;
}

async function topicForCopies(): Promise<string> {
  const name = `copies-${randomUUID()}.events`;
  await createTopics(client, [topicOf(name, PARTITIONS)], { factor: 1, minInSync: 1 });
  return name;
}

/** Writes a profile of this process, of the last time, where one was asked for. */
async function profiled(work: Promise<void>): Promise<void> {
  const { profile } = values;
  if (profile === undefined) return work;
  const session = new Session();
  session.connect();
  await session.post('Profiler.enable');
  await session.post('Profiler.setSamplingInterval', { interval: 200 });
  await session.post('Profiler.start');
  await work;
  writeFileSync(profile, JSON.stringify((await session.post('Profiler.stop')).profile));
  session.disconnect();
}

/** Begins now; the answer ends it. */
function measuring(): (transactions: number) => Round {
  const broker = () => cpuMs(brokers.programs.get(1)?.pid ?? 0) ?? NaN;
  const [began, cpu, brokerMs] = [performance.now(), process.cpuUsage(), broker()];
  return (transactions) => {
    const ms = performance.now() - began;
    const { user, system } = process.cpuUsage(cpu);
    return { ms, clientMs: (user + system) / 1_000, brokerMs: broker() - brokerMs, transactions };
  };
}

function told({ ms, clientMs, brokerMs, transactions }: Round): string {
  const each = (cpu: number) => ((cpu / commands) * 1_000).toFixed(1).padStart(6);
  const speed = Math.round((commands * 1_000) / ms);
  return `${String(speed).padStart(7)} records/s, CPU of 1,000 records: client ${each(clientMs)} ms, broker ${each(brokerMs)} ms; ${transactions} transactions`;
}

function report({ decider, copy, kafkajs }: Readonly<Record<Side, readonly Round[]>>): void {
  const row = (what: string, values: readonly number[]) => {
    const sorted = values.toSorted((one, other) => one - other);
    const cells = [sorted[Math.floor(sorted.length / 2)], sorted[0], sorted.at(-1)];
    console.log(`${what.padEnd(42)} ${cells.map((value) => value?.toFixed(2).padStart(7)).join(' ')}`);
  };
  const against = (others: readonly Round[], of: (one: Round, other: Round) => number) =>
    decider.map((one, at) => of(one, others[at] as Round));
  console.log(`\n${`${commands} commands, ${rounds} rounds`.padEnd(42)}  median   least    most`);
  for (const [name, others] of [['bare', copy] as const, ['KafkaJS', kafkajs] as const]) {
    row(
      `records/s, against the ${name} copy`,
      against(others, (one, other) => other.ms / one.ms),
    );
    row(
      `CPU, against the ${name} copy`,
      against(others, (one, other) => cpuOf(one) / cpuOf(other)),
    );
  }
}

function cpuOf({ clientMs, brokerMs }: Round): number {
  return clientMs + brokerMs;
}

function whole(text: string): number {
  if (/^[1-9]\d*$/.test(text)) return Number(text);
  throw new Error(`${text} is not a whole number from 1 on`);
}
