import { join, resolve } from 'node:path';

export const repositoryRoot = resolve(import.meta.dirname, '../../..');
export const defaultCacheDir = join(repositoryRoot, '.cache');

export const kafkaVersion = '4.2.2';
export const registryVersion = '3.0.9';

/** Where the downloaded parts are, below the cache directory. Another version of Kafka lies beside the usual one. */
export const partsIn = (cacheDir: string, kafka = kafkaVersion) => ({
  kafka: join(cacheDir, 'stack', `kafka-${kafka}`),
  kafkaLibs: join(cacheDir, 'stack', `kafka-${kafka}`, 'libs'),
  registry: join(cacheDir, 'stack', `apicurio-${registryVersion}`),
  logs: join(cacheDir, 'logs'),
});
