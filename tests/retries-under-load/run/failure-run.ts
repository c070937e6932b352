import { setTimeout as sleep } from 'node:timers/promises';
import { sideLanes } from '@atelier/eventing/domain';
import { createPositions, createTopics, KafkaClient } from '@atelier/eventing/kafka';
import { Standstill } from '@atelier/local-stack';
import { ConfluentRegistry, MessageCodec, registerSchemas } from '@atelier/eventing/serde';
import { RecordBuilder } from '../../../libs/eventing/src/serde/record-builder.ts';
import { Courier } from '../load/courier.ts';
import { parcels } from '../load/parcels.ts';
import { type Load, produce } from '../load/producing.ts';
import { type Evidence, inTopics } from './evidence.ts';
import { lagOf } from './lag.ts';
import { systemClock } from '@atelier/eventing/time';

export interface Bench {
  readonly brokers: readonly string[];
  readonly registryUrl: string;
  /** Empty, and for this run alone. */
  readonly directory: string;
  /** Ends the effect's process. */
  readonly signal?: AbortSignal;
}

export interface FailureRun extends Load {
  /** Of topics and group; no other run on this broker has it. */
  readonly name: string;
  readonly delaysMs: readonly number[];
}

/** Lets an effect in a process of its own handle records while they are produced, until nothing is left to do. */
export async function failureRun(
  bench: Bench,
  run: FailureRun,
  progress: (attempts: number) => void = () => undefined,
): Promise<Evidence> {
  const client = new KafkaClient({ brokers: bench.brokers, clientId: run.name });
  const platform = parcels(run.name, run.delaysMs.length);
  const builder = await deployed(client, bench, platform);
  const { brokers, registryUrl, directory, signal } = bench;
  const { name, delaysMs } = run;
  const courier = new Courier({ brokers, registryUrl, directory, name, delaysMs }, signal);
  const telling = setInterval(() => progress(courier.attempts.length), 1_000);
  try {
    await courier.started();
    const sent = await produce(client, platform, builder, run);
    const { group, topic, spec } = platform;
    const lag = await restingLag(client, group, [topic, ...sideLanes(spec, topic)], courier);
    await courier.stop();
    const found = await inTopics(client, platform, run.delaysMs.length);
    return { sent, attempts: courier.attempts, lag, ...found };
  } finally {
    clearInterval(telling);
    await courier.stop();
    await client.close();
  }
}

async function deployed(
  client: KafkaClient,
  { registryUrl }: Bench,
  { catalogue, contracts }: ReturnType<typeof parcels>,
): Promise<RecordBuilder> {
  await registerSchemas(registryUrl, contracts, () => 'FULL_TRANSITIVE');
  await createTopics(client, catalogue.topics, { factor: 1, minInSync: 1 });
  await createPositions(client, catalogue);
  const codec = new MessageCodec(new ConfluentRegistry(registryUrl), contracts, systemClock);
  await codec.ready();
  return new RecordBuilder(codec, catalogue, 'sender');
}

/** What is left when the group has handled everything, or handles nothing any more. */
async function restingLag(
  client: KafkaClient,
  group: string,
  topics: readonly string[],
  courier: Courier,
): Promise<bigint> {
  for (const standstill = new Standstill({ ceilingMs: Infinity }); ; await sleep(100)) {
    courier.assertAlive();
    const lag = await lagOf(client, group, topics);
    standstill.look(courier.attempts.length);
    if (lag === 0n || standstill.verdict) return lag;
  }
}
