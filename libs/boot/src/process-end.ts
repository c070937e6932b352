import type { INestApplication } from '@nestjs/common';
import type { Logger } from 'pino';

const CLOSE_WITHIN_MS = 10_000;

/** An error that nobody handled leaves the process in a state that nobody knows: it ends, and is restarted. */
export function exitOnUnhandledErrors(logger: Logger): void {
  for (const event of ['uncaughtException', 'unhandledRejection'] as const) {
    process.on(event, (err: unknown) => {
      logger.fatal({ err }, 'an error that nothing handled: the process ends');
      process.exit(1);
    });
  }
}

/**
 * SIGTERM and SIGINT finish what is under way and exit, within `withinMs` (10 seconds). Later signals change nothing: a
 * Ctrl-C reaches the whole process group, and then the supervisor's own signal comes on top.
 */
export function closeOnSignal(
  app: Pick<INestApplication, 'close'>,
  logger: Pick<Logger, 'info' | 'error'>,
  withinMs = CLOSE_WITHIN_MS,
): AbortSignal {
  const closing = new AbortController();
  const close = (signal: string) => {
    if (closing.signal.aborted) return;
    closing.abort();
    logger.info(`${signal}: closing`);
    setTimeout(() => end(`not closed within ${withinMs} ms`), withinMs).unref();
    app.close().then(
      () => process.exit(0),
      (err: unknown) => end('closing failed', err),
    );
  };
  const end = (reason: string, err?: unknown) => {
    logger.error({ err }, reason);
    process.exit(1);
  };
  process.on('SIGTERM', close);
  process.on('SIGINT', close);
  return closing.signal;
}
