import { setTimeout as sleep } from 'node:timers/promises';
import { type KafkaClient, LogAppender } from '@atelier/eventing/kafka';
import type { OutgoingRecord } from '@atelier/eventing/log';
import type { RecordBuilder } from '../../../libs/eventing/src/serde/record-builder.ts';
import { FAILURES, type Fate } from './fates.ts';
import type { parcels } from './parcels.ts';

export interface Sent {
  readonly id: string;
  readonly fate: Fate;
  /** Milliseconds since 1970-01-01 UTC. */
  readonly at: number;
}

export interface Load {
  readonly fates: readonly Fate[];
  /** Records per second. */
  readonly rate: number;
}

/** Produces one record for each fate at this rate; resolves when all of them are in the log. */
export async function produce(
  client: KafkaClient,
  platform: ReturnType<typeof parcels>,
  builder: RecordBuilder,
  { fates, rate }: Load,
): Promise<Sent[]> {
  const appender = new LogAppender(client, 30_000);
  const sent: Sent[] = [];
  const appended: Promise<unknown>[] = [];
  for (const began = performance.now(); sent.length < fates.length; await sleep(5)) {
    const due = Math.min(fates.length, Math.ceil(((performance.now() - began) / 1_000) * rate));
    for (const fate of fates.slice(sent.length, due)) {
      const one = { id: `parcel-${sent.length + 1}`, fate, at: Date.now() };
      sent.push(one);
      appended.push(appender.append(recordOf(one, platform, builder)).catch((error: Error) => error));
    }
  }
  const failed = (await Promise.all(appended)).find((answer) => answer instanceof Error);
  if (failed) throw failed;
  return sent;
}

function recordOf(
  { id, fate, at }: Sent,
  { ParcelSent }: ReturnType<typeof parcels>,
  builder: RecordBuilder,
) {
  const message = ParcelSent({ parcelId: id, failures: fate === 'failing' ? FAILURES : 0 });
  const record: OutgoingRecord = builder.record(message, { id, time: at, correlationId: id });
  return fate === 'poison' ? { ...record, value: Buffer.from(`${id} is not a message`) } : record;
}
