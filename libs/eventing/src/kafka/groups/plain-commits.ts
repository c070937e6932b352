import type { PlainPosition } from '../../engine/ports/cluster.ts';
import { isUnanswered, type LogError } from '../../log/errors.ts';
import { partitionKey } from '../../log/partitions.ts';
import type { KafkaClient } from '../client/client.ts';
import { putOff } from '../client/errors.ts';
import { positionRequests, type PositionRequest } from './position-requests.ts';
import { retrying } from '../client/retry.ts';
import { offsetCommitExchange } from '../wire/offset-commit.ts';
import type { CommittedPosition } from '../wire/txn-offset-commit.ts';

interface Waiting {
  readonly position: PlainPosition;
  readonly resolve: () => void;
  readonly reject: (error: LogError) => void;
}

/** Milliseconds for which a commit that the coordinator put off is asked again. */
const COMMIT_MS = 10_000;

/**
 * Commits positions outside of any transaction. What partitions of a group have to commit while a request is under way goes
 * together in the next one. Each hears what was said of its own; one that was not answered is not repeated: see `Cluster.commit`.
 */
export class PlainCommits {
  private readonly client: KafkaClient;
  /** By group and static name; there as long as a request is under way. */
  private readonly waiting = new Map<string, Waiting[]>();

  constructor(client: KafkaClient) {
    this.client = client;
  }

  /** Throws LogError. */
  commit(position: PlainPosition): Promise<void> {
    return new Promise((resolve, reject) => {
      const key = `${position.group} ${position.instanceId ?? ''}`;
      const waiting = this.waiting.get(key);
      const commit = { position, resolve, reject };
      if (waiting) waiting.push(commit);
      else void this.run(key, [commit]);
    });
  }

  private async run(key: string, waiting: Waiting[]): Promise<void> {
    this.waiting.set(key, waiting);
    while (waiting.length > 0) {
      const commits = takeOneOfEach(waiting);
      const requests = positionRequests([...commits.values()].map(({ position }) => position));
      await Promise.all(requests.map((request) => this.send(request, commits)));
    }
    this.waiting.delete(key);
  }

  /** Never throws. */
  private async send(request: PositionRequest, commits: ReadonlyMap<string, Waiting>): Promise<void> {
    const keys = request.map(({ topic, partition }) => partitionKey(topic, partition));
    const left = new Map(keys.map((key) => [key, commits.get(key) as Waiting]));
    try {
      await retrying(() => this.ask(left), { forMs: COMMIT_MS, unless: isUnanswered });
    } catch (error) {
      for (const { reject } of left.values()) reject(error as LogError);
    }
  }

  /** Settles those about which all is said. Throws an error that passes while others are left. */
  private async ask(left: Map<string, Waiting>): Promise<void> {
    const { client } = this;
    const positions = [...left.values()].map(({ position }) => position);
    const [first, ...others] = positions as [PlainPosition, ...PlainPosition[]];
    const exchange = offsetCommitExchange([first, ...others], first.instanceId ?? null);
    const node = await client.coordinator('group', first.group);
    let passing: LogError | undefined;
    for (const { topic, partition, errorCode } of await client.exchange<CommittedPosition[]>(
      node,
      exchange,
    )) {
      const key = partitionKey(topic, partition);
      const error = errorCode === 0 ? undefined : client.refusal(errorCode);
      if (error?.retryable) {
        passing = error;
        continue;
      }
      if (error) left.get(key)?.reject(error);
      else left.get(key)?.resolve();
      left.delete(key);
    }
    if (left.size > 0) throw passing ?? putOff(first.topic, first.partition);
  }
}

/** No two of one partition: which of them stays would be the broker's to choose. */
function takeOneOfEach(waiting: Waiting[]): Map<string, Waiting> {
  const taken = new Map<string, Waiting>();
  const later = waiting.splice(0).filter((commit) => {
    const key = partitionKey(commit.position.topic, commit.position.partition);
    if (taken.has(key)) return true;
    taken.set(key, commit);
    return false;
  });
  waiting.push(...later);
  return taken;
}
