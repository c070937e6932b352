import { join, resolve } from 'node:path';

export const repositoryRoot = resolve(import.meta.dirname, '../../..');
export const defaultCacheDir = join(repositoryRoot, '.cache');

export const kafkaVersion = '4.3.1';
export const registryVersion = '3.0.9';

/** Where the downloaded parts are, below the cache directory. */
export const partsIn = (cacheDir: string) => ({
  kafka: join(cacheDir, 'stack', `kafka-${kafkaVersion}`),
  kafkaLibs: join(cacheDir, 'stack', `kafka-${kafkaVersion}`, 'libs'),
  registry: join(cacheDir, 'stack', `apicurio-${registryVersion}`),
  logs: join(cacheDir, 'logs'),
});
