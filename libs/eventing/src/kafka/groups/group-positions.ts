import type { StoredPosition, TopicPartition } from '../../log/log.ts';
import { partitionKey } from '../../log/partitions.ts';
import { unlessAborted } from '../../time/waiting.ts';
import type { KafkaClient } from '../client/client.ts';
import { storedPosition, storedPositions } from './stored-positions.ts';
import { Rounds } from '../client/rounds.ts';

type Found = ReadonlyMap<string, StoredPosition>;

/** The positions of groups. Those that are asked for at once, as by all partitions of an assignment, are one request. */
export class GroupPositions {
  private readonly client: KafkaClient;
  private readonly rounds = new Map<string, Rounds<Found, TopicPartition>>();

  constructor(client: KafkaClient) {
    this.client = client;
  }

  /** See `storedPosition`. What is not final, or cannot be told, is asked for alone: no other waits for it. */
  async of(group: string, at: TopicPartition, signal?: AbortSignal): Promise<StoredPosition> {
    const asked = this.roundsOf(group).join([at]);
    const found = await (signal ? unlessAborted(asked, signal) : asked).catch(() => undefined);
    signal?.throwIfAborted();
    const known = found?.get(keyOf(at));
    return known ?? storedPosition(this.client, group, at.topic, at.partition, signal);
  }

  private roundsOf(group: string): Rounds<Found, TopicPartition> {
    const known = this.rounds.get(group) ?? new Rounds((asked) => this.ask(group, asked));
    this.rounds.set(group, known);
    return known;
  }

  private async ask(group: string, asked: readonly TopicPartition[]): Promise<Found> {
    const once = new Map(asked.map((at) => [keyOf(at), at]));
    const answers = await storedPositions(this.client, group, [...once.values()], undefined, { forMs: 0 });
    return new Map(answers.map(({ offset, metadata, ...at }) => [keyOf(at), { offset, metadata }]));
  }
}

const keyOf = ({ topic, partition }: TopicPartition) => partitionKey(topic, partition);
