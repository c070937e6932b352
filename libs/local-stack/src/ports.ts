import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';
import { StackError } from './stack-error.ts';

const host = '127.0.0.1';
const handedOut = new Set<number>();

/**
 * A port that nothing listens on. It lies below the range from which operating systems take ports for outgoing
 * connections: otherwise a part that is down could find its port taken by a client that tries to reach it.
 */
export async function freePort(): Promise<number> {
  for (let attempt = 0; attempt < 200; attempt++) {
    const port = randomInt(20_000, 32_000);
    if (handedOut.has(port) || !(await isFree(port))) continue;
    handedOut.add(port);
    return port;
  }
  throw new StackError('PORT_TAKEN', 'No free port was found between 20000 and 32000.', { retryable: true });
}

export function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen({ port, host, exclusive: true }, () => server.close(() => resolve(true)));
  });
}

/** A port of the user's choice, or a free one. `variable` is where the user chose it. */
export async function chosenPort(wanted: number | undefined, variable: string): Promise<number> {
  if (wanted === undefined) return freePort();
  if (await isFree(wanted)) return wanted;
  throw new StackError(
    'PORT_TAKEN',
    `Port ${wanted} is taken by another program: stop that program, or choose another port with the variable ${variable}.`,
  );
}
