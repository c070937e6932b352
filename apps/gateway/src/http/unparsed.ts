import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { type IncomingMessage, STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';
import { malformed, Problem } from '../problem/problem.ts';
import type { KnownRoutes } from './known-routes.ts';

/** What Node says of bytes that its parser refuses, and so never become a request. */
interface ParserError extends Error {
  readonly code?: string;
  readonly rawPacket?: Buffer;
  readonly bytesParsed?: number;
}

/** Bytes of a request line and its headers, at most. */
export const headLimit = 64 * 1024;

/** How long the client may take to read the answer. */
const closeAfterMs = 5_000;

/** Answers them, the method CONNECT, and what Expect asks for in vain, as everything else is answered: with problems. */
export function answerUnparsed(app: NestFastifyApplication, routes: KnownRoutes): void {
  app
    .getHttpServer()
    // The framework's own writes errors in another format.
    .removeAllListeners('clientError')
    .on('clientError', (error: ParserError, socket: Duplex) => answer(socket, problemOf(error, routes)))
    .on('connect', ({ url = '' }: IncomingMessage, socket: Duplex) =>
      answer(socket, routes.refusal('CONNECT', url)),
    )
    .on('checkExpectation', ({ socket }: IncomingMessage) =>
      answer(socket, new Problem(417, 'expectation-failed', 'Of Expect only 100-continue is known')),
    );
}

function problemOf(error: ParserError, routes: KnownRoutes): Problem {
  switch (error.code) {
    case 'HPE_INVALID_METHOD': {
      const { method, url } = requestLine(error);
      return method && url ? routes.refusal(method, url) : malformed('This is no HTTP request');
    }
    case 'HPE_HEADER_OVERFLOW':
      return new Problem(
        431,
        'request-header-fields-too-large',
        `The request line and the headers have more than ${headLimit} bytes`,
      );
    case 'ERR_HTTP_REQUEST_TIMEOUT':
      return new Problem(
        408,
        'request-timeout',
        'The request did not come in time: send it again, with the same Idempotency-Key',
      );
    default:
      return malformed(`The request is not HTTP as it should be: ${error.message}`);
  }
}

/** The line in which the parser stopped. It knows no methods but those of its own list. */
function requestLine({ rawPacket, bytesParsed = 0 }: ParserError) {
  const text = rawPacket?.toString('latin1') ?? '';
  const line = text.slice(text.lastIndexOf('\n', Math.max(0, bytesParsed - 1)) + 1);
  const [, method, url] = /^([!#$%&'*+.^_`|~\w-]+) (\S+) HTTP\/1\.[01]\r?\n/.exec(line) ?? [];
  return { method, url };
}

/** The connection ends with the answer; what the client still sends is not read as requests. */
function answer(socket: Duplex, { status, body, headers }: Problem): void {
  if (!socket.writable) return;
  const text = JSON.stringify(body);
  const fields = {
    ...headers,
    'Content-Type': 'application/problem+json; charset=utf-8',
    'Content-Length': Buffer.byteLength(text),
    Connection: 'close',
  };
  const head = Object.entries(fields).map(([name, value]) => `${name}: ${value}\r\n`);
  socket.on('error', () => socket.destroy());
  socket.end(`HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\n${head.join('')}\r\n${text}`);
  // To close it with bytes unread would be a reset, which takes the answer from the client.
  socket.resume();
  setTimeout(() => socket.destroy(), closeAfterMs).unref();
}
