import { join } from 'node:path';
import { stopOrder } from '../child.ts';
import { archiveFlags } from '../class-archive.ts';
import { cleanEnvironment } from '../environment.ts';
import type { Family } from '../family.ts';
import { partsIn, registryVersion } from '../paths.ts';
import { Program } from '../program.ts';
import { answersHttp } from '../wait-until.ts';

export interface RegistryOptions {
  dataDir: string;
  cacheDir: string;
  port: number;
  /** Where it keeps its schemas; without one it forgets them when it stops. */
  database?: { port: number; name: string; user: string; password: string };
  javaFlags?: string[];
}

export const registryUrl = (port: number) => `http://127.0.0.1:${port}/apis/ccompat/v7`;

export function registry(family: Family, options: RegistryOptions): Program {
  const home = partsIn(options.cacheDir).registry;
  return new Program(family, {
    name: 'registry',
    command: 'java',
    args: [
      '-Xmx256m',
      '-XX:+UseSerialGC',
      // It only answers look-ups: the quick compiler alone starts it sooner and takes less memory.
      '-XX:TieredStopAtLevel=1',
      ...(options.javaFlags ?? archiveFlags(home)),
      '-jar',
      join(home, `apicurio-registry-app-${registryVersion}-runner.jar`),
    ],
    logFile: join(options.dataDir, 'logs', 'registry.log'),
    stopOrder: stopOrder.registry,
    env: cleanEnvironment({
      QUARKUS_HTTP_HOST: '127.0.0.1',
      QUARKUS_HTTP_PORT: String(options.port),
      QUARKUS_HTTP_ACCESS_LOG_ENABLED: 'false',
      ...storage(options.database),
    }),
    isReady: () => answersHttp(`${registryUrl(options.port)}/subjects`),
  });
}

function storage(database: RegistryOptions['database']): Record<string, string> {
  if (!database) return {};
  return {
    APICURIO_STORAGE_KIND: 'sql',
    APICURIO_STORAGE_SQL_KIND: 'postgresql',
    APICURIO_DATASOURCE_URL: `jdbc:postgresql://127.0.0.1:${database.port}/${database.name}`,
    APICURIO_DATASOURCE_USERNAME: database.user,
    APICURIO_DATASOURCE_PASSWORD: database.password,
    APICURIO_DATASOURCE_JDBC_INITIAL_SIZE: '2',
    APICURIO_DATASOURCE_JDBC_MIN_SIZE: '2',
    APICURIO_DATASOURCE_JDBC_MAX_SIZE: '10',
  };
}
