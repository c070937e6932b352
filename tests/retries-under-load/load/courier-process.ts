import { join } from 'node:path';
import { DivertingHandler } from '../../../libs/eventing/src/engine/groups/diverting-handler.ts';
import type { FailurePlan } from '../../../libs/eventing/src/failures/failure-plan.ts';
import { FailureReporter } from '../../../libs/eventing/src/failures/reporter.ts';
import { EffectHandler } from '../../../libs/eventing/src/engine/groups/effect-handler.ts';
import { RecordBuilder } from '../../../libs/eventing/src/serde/record-builder.ts';
import { PerformedIndex } from '../../../libs/eventing/src/state/performed-index.ts';
import { sideLanes } from '@atelier/eventing/domain';
import { GroupConsumer, CommitCycles, TransactionalProcessor } from '@atelier/eventing/engine';
import { system } from '@atelier/eventing/time';
import { KafkaClient, KafkaCluster } from '@atelier/eventing/kafka';
import { ConfluentRegistry, MessageCodec, RecordReader } from '@atelier/eventing/serde';
import type { Attempt, CourierRun, FromCourier } from './courier.ts';
import { PARTITIONS, type ParcelSent, parcels } from './parcels.ts';

const run = JSON.parse(process.argv[2] ?? '') as CourierRun;
const platform = parcels(run.name, run.delaysMs.length);
const { group, topic, spec, contracts, catalogue } = platform;
const client = new KafkaClient({ brokers: run.brokers, clientId: group });
const codec = new MessageCodec(new ConfluentRegistry(run.registryUrl), contracts, system.clock);
const builder = new RecordBuilder(codec, catalogue, 'courier');
const plan: FailurePlan = {
  group,
  otherwise: 'retryable',
  ordering: 'none',
  immediate: 0,
  delaysMs: run.delaysMs,
  withinMs: 3_600_000,
};

const tell = (message: FromCourier) => process.send?.(message);
const failed = new Map<string, number>();
let attempts: Attempt[] = [];

async function deliver({ data }: { readonly data: unknown }): Promise<void> {
  const { parcelId, failures } = data as ParcelSent['data'];
  const before = failed.get(parcelId) ?? 0;
  const delivered = before >= failures;
  attempts.push({ id: parcelId, at: Date.now(), delivered });
  if (delivered) return;
  failed.set(parcelId, before + 1);
  throw new Error(`Nobody opened the door for ${parcelId}`);
}

function handler(partition: number): DivertingHandler {
  const performed = new PerformedIndex(join(run.directory, String(partition)), 86_400_000);
  const timing = { group, timeoutMs: 8_000, commitAfterMs: 100 };
  const performances = new Map([['ParcelSent', deliver]]);
  const effect = new EffectHandler(
    timing,
    performances,
    new RecordReader(codec, (type) => performances.has(type)),
    performed,
    async () => undefined,
    system.clock,
  );
  return new DivertingHandler(effect, {
    at: { group, topic, partition },
    plan,
    lanes: sideLanes(spec, topic),
    ...system,
    reporter: new FailureReporter(builder),
    service: 'courier',
    version: '1',
  });
}

const complain = (text: string) => console.error(text);
const work = new KafkaCluster(client.sibling('work'));
const transactions = new CommitCycles(new KafkaCluster(client.sibling('transactions')), {
  service: 'courier',
  instance: 'courier',
  groups: [group],
});
const consumer = new GroupConsumer(new KafkaCluster(client.sibling('consumer')), {
  group,
  topics: [topic],
  handlerTimeoutMs: Infinity,
  log: { info: () => undefined, warn: complain, error: complain },
  processor: (assigned, member) =>
    new TransactionalProcessor(work.log, transactions, member, handler(assigned.partition), {
      group,
      ...assigned,
    }),
});

function flush(): void {
  if (attempts.length > 0) tell({ kind: 'attempts', attempts });
  attempts = [];
}

const isRunning = () => {
  const workers = [...consumer.status.workers.values()];
  return workers.length === PARTITIONS && workers.every(({ state }) => state === 'running');
};

// Whoever started it and is gone cannot stop it.
process.once('disconnect', () => process.exit(1));
await codec.ready();
consumer.start();
const starting = setInterval(() => {
  if (!isRunning()) return;
  clearInterval(starting);
  tell({ kind: 'running' });
}, 20);
setInterval(flush, 200);
process.once('message', async () => {
  await consumer.stop();
  await client.close();
  flush();
  process.send?.({ kind: 'stopped' } satisfies FromCourier, () => process.exit(0));
});
