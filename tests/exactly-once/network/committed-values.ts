import { type KafkaClient, logEnd, readPartition, stableEnd } from '@atelier/eventing/kafka';
import { patience, until } from '../../../libs/eventing/fixtures/scratch-broker.ts';

/** What a read_committed reader sees of partition 0, once every transaction in it has ended. */
export async function committedValues(client: KafkaClient, topic: string): Promise<string[]> {
  // The coordinator writes the markers after it has answered that the transaction has ended.
  await until(async () => (await stableEnd(client, topic, 0)) === (await logEnd(client, topic, 0)));
  const range = { from: 0n, to: await stableEnd(client, topic, 0), signal: patience() };
  const values: string[] = [];
  for await (const { records } of readPartition(client, topic, 0, range))
    values.push(...records.map(({ value }) => String(value)));
  return values;
}
