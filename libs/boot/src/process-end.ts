import type { INestApplication } from '@nestjs/common';
import type { Logger } from 'pino';

const CLOSE_WITHIN_MS = 10_000;

/**
 * Resolves with the exit code when an error was not handled. It leaves the process in a state that nobody knows: the process
 * ends, and is restarted.
 */
export function unhandledError(logger: Pick<Logger, 'fatal'>): Promise<number> {
  const { promise, resolve } = Promise.withResolvers<number>();
  for (const event of ['uncaughtException', 'unhandledRejection'] as const) {
    process.on(event, (err: unknown) => {
      logger.fatal({ err }, 'an error that nothing handled: the process ends');
      resolve(1);
    });
  }
  return promise;
}

export interface Closing {
  /** Fires at the first signal. */
  readonly begun: AbortSignal;
  /** Of the process, which is to end now. */
  readonly exitCode: Promise<number>;
}

/**
 * SIGTERM and SIGINT finish what is under way, within `withinMs` (10 seconds). Later signals change nothing: a Ctrl-C reaches
 * the whole process group, and then the supervisor's own signal comes on top.
 */
export function closeOnSignal(
  app: Pick<INestApplication, 'close'>,
  logger: Pick<Logger, 'info' | 'error'>,
  withinMs = CLOSE_WITHIN_MS,
): Closing {
  const begun = new AbortController();
  const { promise: exitCode, resolve: exit } = Promise.withResolvers<number>();
  const fail = (reason: string, err?: unknown) => {
    logger.error({ err }, reason);
    exit(1);
  };
  const close = (signal: string) => {
    if (begun.signal.aborted) return;
    begun.abort();
    logger.info(`${signal}: closing`);
    setTimeout(() => fail(`not closed within ${withinMs} ms`), withinMs);
    app.close().then(
      () => exit(0),
      (err: unknown) => fail('closing failed', err),
    );
  };
  process.on('SIGTERM', close);
  process.on('SIGINT', close);
  return { begun: begun.signal, exitCode };
}
