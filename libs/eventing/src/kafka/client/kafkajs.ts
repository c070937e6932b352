import { createRequire } from 'node:module';
import type { Writer } from '../wire/writer.ts';
import { quieten, type RequestQueue } from './request-queues.ts';

/**
 * The only door to KafkaJS. Its connections, authentication, request encoders and error table are used; its
 * producer, consumer and record decoder are not: docs/adr/0003 says why. What is used is internal to that
 * package, so any other version than the one that was read and tested is refused.
 */
const SUPPORTED = '2.2.4';
const load = createRequire(import.meta.url);

const { version } = load('kafkajs/package.json') as { version: string };
if (version !== SUPPORTED) {
  // eslint-disable-next-line no-restricted-syntax -- the build is wrong, not the running service
  throw new Error(`KafkaJS ${version} is installed, ${SUPPORTED} is required: its internals are used here`);
}

const requestQueue = load('kafkajs/src/network/requestQueue') as { prototype: RequestQueue };
quieten(requestQueue.prototype);

/** A request and the way to read its answer, as KafkaJS connections take them. */
export interface Exchange {
  readonly request: {
    readonly apiKey: number;
    readonly apiVersion: number;
    readonly apiName: string;
    readonly encode: () => Promise<{ readonly buf: Buffer; readonly buffer: Buffer }>;
  };
  readonly response: {
    readonly decode: (bytes: Buffer) => Promise<unknown>;
    readonly parse: (decoded: never) => Promise<unknown>;
  };
  readonly requestTimeout?: number | null;
}

/** A KafkaJS connection pool to one node: one socket for fetches, one for all else. */
export interface Node {
  readonly connectionPool: { send(exchange: Exchange & { logResponseError: boolean }): Promise<unknown> };
  connect(): Promise<void>;
  disconnect(): Promise<void>;
  isConnected(): boolean;
  lookupRequest(apiKey: number, api: Api): (args: object) => Exchange;
  /** What the broker speaks, by the key of each request: known once it is connected. */
  readonly versions: SpokenVersions | null;
}

export type SpokenVersions = Readonly<
  Record<number, { readonly minVersion: number; readonly maxVersion: number } | undefined>
>;

export interface Api {
  readonly versions: readonly string[];
  protocol(options: { version: number }): (args: object) => Exchange;
}

export const apis = (load('kafkajs/src/protocol/requests') as { requests: Record<string, Api> }).requests;
export const apiKeys = load('kafkajs/src/protocol/requests/apiKeys') as Record<string, number>;
const createErrorFromCode = (
  load('kafkajs/src/protocol/error') as { createErrorFromCode(code: number): ProtocolError }
).createErrorFromCode;

export interface ProtocolError extends Error {
  readonly type: string;
  readonly code: number;
  readonly retriable: boolean;
}

/** Codes that are newer than KafkaJS's table. None of them passes when the same request is sent again. */
const NEWER_ERRORS: Readonly<Record<number, readonly [type: string, message: string]>> = {
  90: ['PRODUCER_FENCED', 'The producer is fenced'],
  105: ['TRANSACTIONAL_ID_NOT_FOUND', 'The coordinator does not know this transactional id'],
  120: ['TRANSACTION_ABORTABLE', 'The transaction can only be aborted'],
};

/** The error that the protocol gives this code. */
export function protocolError(code: number): ProtocolError {
  const error = createErrorFromCode(code);
  const [type, message] = NEWER_ERRORS[code] ?? [];
  return type ? Object.assign(error, { type, message, retriable: false }) : error;
}

export interface NodeOptions {
  readonly host: string;
  readonly port: number;
  readonly clientId: string;
  readonly requestTimeoutMs: number;
  readonly connectionTimeoutMs: number;
  readonly security?: { readonly ssl?: object | boolean; readonly sasl?: object };
}

const silent = { info() {}, warn() {}, error() {}, debug() {} };
// Errors of connections reach the callers, who know whether they matter; logging them here as well would make
// a first start, with its coordinators that are still loading, look broken.
const quietLogger = { ...silent, namespace: () => ({ ...silent, namespace: () => silent }) };

const ConnectionPool = load('kafkajs/src/network/connectionPool') as new (
  options: object,
) => Node['connectionPool'];
const Broker = load('kafkajs/src/broker') as new (options: object) => Node;
const socketFactory = (load('kafkajs/src/network/socketFactory') as () => unknown)();

export function createNode(options: NodeOptions): Node {
  const connectionPool = new ConnectionPool({
    host: options.host,
    port: options.port,
    clientId: options.clientId,
    requestTimeout: options.requestTimeoutMs,
    connectionTimeout: options.connectionTimeoutMs,
    enforceRequestTimeout: true,
    logger: quietLogger,
    socketFactory,
    ...options.security,
  });
  return new Broker({ connectionPool, logger: quietLogger, allowAutoTopicCreation: false });
}

/** Wraps bytes that were written here for a KafkaJS connection. */
export const encoded = (writer: Writer) => async () => {
  const buffer = writer.slice(0);
  return { buf: buffer, buffer };
};
