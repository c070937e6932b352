import type { Interceptor } from './connection.ts';
import { KafkaFrames } from './kafka-frames.ts';

/** A request as it is on the wire, after the four bytes of its size (KIP-482 for the header's later versions). */
export interface KafkaRequest {
  readonly apiKey: number;
  readonly apiVersion: number;
  readonly correlationId: number;
  readonly bytes: Buffer;
}

export interface HeldRequest extends KafkaRequest {
  /**
   * Sends the request on, on the connection it came from, whether or not its client is still there. Answers what the
   * broker answers, after the correlation id; throws when the broker's side of the connection closes before.
   */
  forward(): Promise<Buffer>;
}

export interface HoldOptions {
  /** What later requests of the same connection do until the held one is forwarded: they wait unless given. */
  readonly rest?: 'wait' | 'flow';
}

interface Hold {
  readonly matches: (request: KafkaRequest) => boolean;
  readonly rest: 'wait' | 'flow';
  readonly caught: (held: HeldRequest) => void;
}

/** Keeps single requests of Kafka clients back; `intercept` is for the proxy. One must not serve two proxies. */
export class KafkaRequests {
  private readonly holds = new Set<Hold>();
  private readonly watchers = new Set<(request: KafkaRequest) => void>();

  readonly intercept = (): Interceptor => new KafkaConnection(this.holds, this.watchers);

  /** Is told each request before it passes or is held, on any connection, until the answer is called. */
  watch(watcher: (request: KafkaRequest) => void): () => void {
    this.watchers.add(watcher);
    return () => this.watchers.delete(watcher);
  }

  /** Holds one request, the next that matches, on any connection; resolves when it is there. */
  hold(matches: Hold['matches'], { rest = 'wait' }: HoldOptions = {}): Promise<HeldRequest> {
    return new Promise((caught) => this.holds.add({ matches, rest, caught }));
  }
}

/** Matches the nth of the requests that match, counted from 1 since this was called. */
export function nth(count: number, matches: Hold['matches']): Hold['matches'] {
  let seen = 0;
  return (request) => matches(request) && ++seen === count;
}

export const endTxn = ({ apiKey }: KafkaRequest) => apiKey === 26;

/** Who sent it, as its header says: the same place in all versions of the header. */
export const clientIdOf = ({ bytes }: KafkaRequest) =>
  bytes.toString('utf8', 10, 10 + Math.max(0, bytes.readInt16BE(8)));

/** The error code of an answer to EndTxn: behind its throttle time and, from version 3 on, its header's tagged fields, of which it has none. */
export const endTxnError = (answer: Buffer, { apiVersion }: Pick<KafkaRequest, 'apiVersion'>) =>
  answer.readInt16BE(apiVersion < 3 ? 4 : 5);

class KafkaConnection implements Interceptor {
  private readonly holds: Set<Hold>;
  private readonly watchers: ReadonlySet<(request: KafkaRequest) => void>;
  private readonly requests = new KafkaFrames();
  private readonly answers = new KafkaFrames();
  private readonly asked = new Map<number, PromiseWithResolvers<Buffer>>();
  /** Requests behind a held one, while there is one that they must wait for. */
  private behind: Buffer[] | undefined;

  constructor(holds: Set<Hold>, watchers: ReadonlySet<(request: KafkaRequest) => void>) {
    this.holds = holds;
    this.watchers = watchers;
  }

  request(bytes: Buffer, forward: (bytes: Buffer) => void): void {
    for (const frame of this.requests.split(bytes)) this.pass(frame, forward);
  }

  answer(bytes: Buffer): void {
    for (const frame of this.answers.split(bytes)) {
      const correlationId = frame.readInt32BE(4);
      this.asked.get(correlationId)?.resolve(frame.subarray(8));
      this.asked.delete(correlationId);
    }
  }

  async settled(): Promise<void> {
    while (this.asked.size > 0)
      await Promise.allSettled([...this.asked.values()].map(({ promise }) => promise));
  }

  closed(): void {
    for (const { reject } of this.asked.values())
      reject(new Error('The broker closed the connection: nobody knows whether it took the held request'));
    this.asked.clear();
  }

  private pass(frame: Buffer, forward: (bytes: Buffer) => void): void {
    if (this.behind) return void this.behind.push(frame);
    const request = parse(frame);
    for (const watcher of this.watchers) watcher(request);
    const hold = [...this.holds].find(({ matches }) => matches(request));
    if (!hold) return forward(frame);
    this.holds.delete(hold);
    const answer = Promise.withResolvers<Buffer>();
    answer.promise.catch(() => undefined);
    this.asked.set(request.correlationId, answer);
    if (hold.rest === 'wait') this.behind = [];
    let sent = false;
    const send = () => {
      if (!sent) forward(frame);
      if (!sent && hold.rest === 'wait') this.resume(forward);
      sent = true;
      return answer.promise;
    };
    hold.caught({ ...request, forward: send });
  }

  private resume(forward: (bytes: Buffer) => void): void {
    const waiting = this.behind ?? [];
    this.behind = undefined;
    for (const frame of waiting) this.pass(frame, forward);
  }
}

const parse = (frame: Buffer): KafkaRequest => ({
  apiKey: frame.readInt16BE(4),
  apiVersion: frame.readInt16BE(6),
  correlationId: frame.readInt32BE(8),
  bytes: frame.subarray(4),
});
