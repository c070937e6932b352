import { KafkaClient } from '@atelier/eventing/kafka';
import type { ConsumedRecord } from '@atelier/eventing/log';
import { readAll } from '../harness/read-all.ts';

/** How many messages of each type there are, by topic. */
export type Counts = Readonly<Record<string, Readonly<Record<string, number>>>>;

/** What is on a broker, whoever has written it. */
export class Observed {
  private readonly client: KafkaClient;

  constructor(brokers: string) {
    this.client = new KafkaClient({ brokers: brokers.split(','), clientId: 'spec' });
  }

  /** Those of the broker's own left out. */
  async topics(): Promise<string[]> {
    const { topicMetadata } = await this.ask<{ topicMetadata: { topic: string }[] }>('Metadata', {
      topics: [],
    });
    return topicMetadata.map(({ topic }) => topic).filter((topic) => !topic.startsWith('__'));
  }

  async groups(): Promise<string[]> {
    const { groups } = await this.ask<{ groups: { groupId: string }[] }>('ListGroups', {});
    return groups.map(({ groupId }) => groupId);
  }

  /** Every committed record of these topics. */
  async records(topics: readonly string[]): Promise<ConsumedRecord[]> {
    const records: ConsumedRecord[] = [];
    for (const topic of topics) records.push(...(await readAll(this.client, topic)));
    return records;
  }

  close(): Promise<void> {
    return this.client.close();
  }

  private async ask<T>(api: string, args: object): Promise<T> {
    return this.client.call<T>(await this.client.controller(), api, args);
  }
}

/** The first header of this name, as text. */
export const textIn = ({ headers }: ConsumedRecord, name: string): string | undefined =>
  headers.find(([header]) => header === name)?.[1]?.toString();

export function countsOf(records: readonly ConsumedRecord[]): Counts {
  const counts: Record<string, Record<string, number>> = {};
  for (const record of records) {
    const types = (counts[record.topic] ??= {});
    const type = textIn(record, 'ce_type') ?? 'without a type';
    types[type] = (types[type] ?? 0) + 1;
  }
  return counts;
}
