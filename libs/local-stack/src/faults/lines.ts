import type { Socket } from 'node:net';

/** What comes in at a socket, line by line with the line ends; each byte is one character. Ends when the other side does. */
export async function* linesOf(socket: Socket): AsyncGenerator<string, undefined> {
  let begun = '';
  for await (const text of socket.setEncoding('latin1') as AsyncIterable<string>) {
    const lines = (begun + text).split(/(?<=\n)/);
    begun = lines.at(-1)?.endsWith('\n') ? '' : (lines.pop() ?? '');
    yield* lines;
  }
}
