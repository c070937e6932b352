/** One topic as it must be: deployment creates it so, and a boot refuses any other shape. */
export interface TopicSpec {
  readonly name: string;
  readonly partitions: number;
  /** Milliseconds that records are kept, or -1: forever. */
  readonly retentionMs: number;
  readonly maxMessageBytes: number;
  /** Who may write it: for people, and for access lists. */
  readonly writers: readonly string[];
}

/** Every topic of a platform, by name. */
export interface Catalogue {
  readonly topics: readonly TopicSpec[];
}

export function topicOf(catalogue: Catalogue, name: string): TopicSpec {
  const topic = catalogue.topics.find((candidate) => candidate.name === name);
  if (!topic) throw new Error(`The topic ${name} is not in the catalogue: add it there, then deploy`);
  return topic;
}
