import { catalogue, contracts } from '@atelier/contracts';
import { type AnyDecider, DECISIONS_TOPIC, topicOf } from '@atelier/eventing/domain';
import { KafkaClient, KafkaLog } from '@atelier/eventing/kafka';
import { ConfluentRegistry, MessageCodec } from '@atelier/eventing/serde';
import { systemClock } from '@atelier/eventing/time';
import { IgnoredRecords } from '../../libs/eventing/src/ignored/ignored-records.ts';
import type { Platform } from '../platform.ts';
import type { Topics } from './from-log.ts';

/** The topics of a platform that runs, while `read` reads them. Throws a sentence where that cannot be done. */
export async function withTopicsOf<T>(
  { kafka, registry }: Platform,
  read: (topicsOf: (rules: AnyDecider) => Topics) => Promise<T>,
): Promise<T> {
  const client = new KafkaClient({ brokers: kafka.split(','), clientId: 'history' });
  const topics = {
    log: new KafkaLog(client),
    codec: new MessageCodec(new ConfluentRegistry(registry), contracts, systemClock),
    ignored: new IgnoredRecords(topicOf(catalogue, DECISIONS_TOPIC), () => undefined),
    signal: new AbortController().signal,
  };
  try {
    return await read(({ commands }) => ({
      ...topics,
      rememberMs: topicOf(catalogue, commands.topic).retentionMs,
    }));
  } catch (cause) {
    const why = (cause as Error).message;
    throw new Error(
      `The topics of the platform cannot be read: ${why}. Wait until all its services are ready, then try again`,
      { cause },
    );
  } finally {
    await topics.log.close();
    await client.close();
  }
}
