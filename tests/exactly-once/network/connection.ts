import type { Socket } from 'node:net';
import { Lane, type Pace } from './lane.ts';

/** Stands in the way of the bytes from a client to its target. */
export interface Interceptor {
  /** Bytes from the client: hands to `forward` what is to go on, at once or later. */
  request(bytes: Buffer, forward: (bytes: Buffer) => void): void;
  /** Bytes from the target; they go on by themselves. */
  answer(bytes: Buffer): void;
  /** Nothing that was kept back is still to be forwarded or answered: the target's side may close with the client's. */
  settled(): Promise<void>;
  /** The target's side has closed. */
  closed(): void;
}

const transparent = (): Interceptor => ({
  request: (bytes, forward) => forward(bytes),
  answer: () => undefined,
  settled: async () => undefined,
  closed: () => undefined,
});

/** A client's connection and the one to the target that carries its bytes; both sockets must be allowed to be half open. */
export class Connection {
  readonly closed: Promise<unknown>;
  private readonly client: Socket;
  private readonly target: Socket;
  private readonly lanes: readonly [toTarget: Lane, toClient: Lane];

  constructor(client: Socket, target: Socket, pace: Pace, interceptor = transparent()) {
    this.client = client;
    this.target = target;
    this.closed = Promise.all([closing(client), closing(target)]);
    const [toTarget, toClient] = (this.lanes = [
      new Lane(client, target, pace),
      new Lane(target, client, pace),
    ]);
    client.on('data', (bytes: Buffer) => interceptor.request(bytes, (forwarded) => toTarget.take(forwarded)));
    client.on('end', () => void interceptor.settled().then(() => toTarget.end()));
    client.on('close', (failed) => failed && void interceptor.settled().then(() => reset(target)));
    target.on('data', (bytes: Buffer) => {
      toClient.take(bytes);
      interceptor.answer(bytes);
    });
    target.on('end', () => toClient.end());
    target.on('close', (failed) => {
      interceptor.closed();
      if (failed) reset(client);
    });
  }

  change(pace: Pace): void {
    for (const lane of this.lanes) lane.change(pace);
  }

  destroy(): void {
    reset(this.client);
    reset(this.target);
  }
}

/**
 * Ends a connection, with RST where that works: not while it is still being made, nor while its end is on the way,
 * when Node would neither close the socket nor say so.
 */
export function reset(socket: Socket): void {
  const ending = !socket.writable && !socket.writableFinished;
  if (socket.connecting || ending) socket.destroy();
  else if (!socket.destroyed) socket.resetAndDestroy();
}

/** An error is what a peer of this proxy sees as a closed connection, so it is not reported besides. */
function closing(socket: Socket): Promise<void> {
  socket.on('error', () => undefined);
  return new Promise((resolve) => socket.once('close', () => resolve()));
}
