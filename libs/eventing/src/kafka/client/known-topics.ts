import { kafkaError, KafkaError } from './errors.ts';
import { protocolError } from './kafkajs.ts';
import { type LeaderEpochs, mostTold } from './leader-epochs.ts';
import type { ClusterMetadata, TopicMetadata } from '../wire/metadata.ts';

/** The topics of a cluster as they were told last, with the newest leaders that any client of this process has heard of. */
export class KnownTopics {
  private readonly topics = new Map<string, TopicMetadata>();
  private readonly epochs: LeaderEpochs;

  constructor(epochs: LeaderEpochs) {
    this.epochs = epochs;
  }

  get names(): string[] {
    return [...this.topics.keys()];
  }

  get(name: string): TopicMetadata | undefined {
    return this.topics.get(name);
  }

  forget(name: string): void {
    this.topics.delete(name);
  }

  forgetAll(): void {
    this.topics.clear();
  }

  /** Those that one broker has told of, and that are there. Throws KafkaError where it refuses to tell of one of these names. */
  told(names: readonly string[], topics: readonly TopicMetadata[]): TopicMetadata[] {
    const there = topics.filter(isThere).map((topic) => this.learn(topic));
    refuseRefused(topics.filter(({ name }) => names.includes(name)));
    return there;
  }

  /** Those of these names that are there, as most of those brokers tell of them which have answered. Throws KafkaError as `told` does. */
  toldByMost(
    names: readonly string[],
    answers: readonly ClusterMetadata[],
    complete: boolean,
  ): TopicMetadata[] {
    const told = answers.flatMap(({ topics }) => topics.filter(({ name }) => names.includes(name)));
    const there = told.filter(isThere);
    for (const topic of there) this.epochs.heard(topic);
    for (const name of names) this.topics.delete(name);
    const found = mostTold(there).map((topic) => this.learn(topic));
    const ids = new Map(found.map(({ name, id }) => [name, id]));
    refuseRefused(told.filter(({ name }) => !ids.has(name)));
    for (const name of names) if (complete || ids.has(name)) this.epochs.settled(name, ids.get(name));
    return found;
  }

  private learn(topic: TopicMetadata): TopicMetadata {
    const heard = this.epochs.heard(topic);
    this.topics.set(topic.name, heard);
    return heard;
  }
}

const isThere = ({ errorCode }: TopicMetadata) => errorCode === 0;

/** Throws what a broker says of a topic, unless it is there, or is not. */
function refuseRefused(told: readonly TopicMetadata[]): void {
  for (const { name, errorCode } of told) {
    const { code, message, retryable } = kafkaError(protocolError(errorCode));
    if (errorCode !== 0 && code !== 'UNKNOWN_TOPIC_OR_PARTITION')
      throw new KafkaError(code, `${message} (${name})`, { retryable });
  }
}
