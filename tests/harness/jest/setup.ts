import { defaultCacheDir, fetchParts, startStack } from '@atelier/local-stack';
import { beginRun } from './kept-logs.ts';

/** Starts the real parts once for all specs of a run, on free ports, in a temporary directory. */
export default async function setup(): Promise<void> {
  const { stack: dataDir } = beginRun();
  await fetchParts(defaultCacheDir, () => undefined);
  const stack = await startStack({ dataDir, cacheDir: defaultCacheDir });
  Object.assign(globalThis, { stack });
  process.env['KAFKA_BROKERS'] = stack.kafka.bootstrap;
  process.env['REGISTRY_URL'] = stack.registryUrl;
  process.env['DATABASE_URL'] = stack.postgresUrl;
  process.env['SMTP_URL'] = `smtp://${stack.smtp.host}:${stack.smtp.port}`;
  process.env['MAIL_URL'] = stack.mailUrl;
}
