import { resolve } from 'node:path';
import { defaultCacheDir, repositoryRoot } from '../paths.ts';
import type { WantedPorts } from '../stack-ports.ts';
import { StackError } from '../stack-error.ts';

export interface PlatformConfig {
  /** The repository, whose services are started. */
  root: string;
  dataDir: string;
  cacheDir: string;
  gatewayPort: number;
  ports: WantedPorts;
  /** Brokers of the cluster: 1 or 3. With three, each topic has three replicas, and two must have a record. */
  brokers: number;
  /** Processes of each service; the first gateway has `gatewayPort`. */
  instances: number;
  /** The mail server can be made ill by `npm run fault`. */
  faults?: boolean;
  /** Further variables for every service. */
  variables?: Record<string, string>;
}

type Variables = Record<string, string | undefined>;

export function readPlatformConfig(variables: Variables = process.env): PlatformConfig {
  const ports = {
    PORT: port(variables, 'PORT') ?? 8080,
    KAFKA_PORT: port(variables, 'KAFKA_PORT'),
    REGISTRY_PORT: port(variables, 'REGISTRY_PORT'),
    POSTGRES_PORT: port(variables, 'POSTGRES_PORT'),
    SMTP_PORT: port(variables, 'SMTP_PORT'),
    MAIL_PORT: port(variables, 'MAIL_PORT'),
  };
  refuseTwins(ports);
  return Object.freeze({
    root: repositoryRoot,
    dataDir: dataDirectory(variables['DATA_DIR']),
    cacheDir: defaultCacheDir,
    gatewayPort: ports.PORT,
    ports: {
      kafka: ports.KAFKA_PORT,
      registry: ports.REGISTRY_PORT,
      postgres: ports.POSTGRES_PORT,
      smtp: ports.SMTP_PORT,
      mail: ports.MAIL_PORT,
    },
    brokers: oneOf(variables, 'BROKERS', [1, 3]),
    instances: oneOf(variables, 'INSTANCES', [1, 2, 3]),
    faults: isOn(variables, 'FAULTS'),
  });
}

/** Line breaks would end in the middle of files that have a path on a line, as Postgres's do. */
function dataDirectory(given: string | undefined): string {
  const directory = resolve(repositoryRoot, given || '.data');
  if (!/\p{Cc}/u.test(directory)) return directory;
  throw new StackError('BAD_SETTING', 'DATA_DIR has a control character in it: choose another directory.');
}

function port(variables: Variables, name: string): number | undefined {
  const text = variables[name]?.trim();
  if (!text) return undefined;
  const value = Number(text);
  if (/^\d+$/.test(text) && value >= 1 && value <= 65_535) return value;
  throw new StackError('BAD_SETTING', `${name} must be a port number from 1 to 65535, not "${text}".`);
}

function oneOf(variables: Variables, name: string, allowed: readonly [number, ...number[]]): number {
  const text = variables[name]?.trim();
  if (!text) return allowed[0];
  const value = allowed.find((candidate) => String(candidate) === text);
  if (value !== undefined) return value;
  throw new StackError('BAD_SETTING', `${name} must be one of ${allowed.join(', ')}, not "${text}".`);
}

function isOn(variables: Variables, name: string): boolean {
  const text = variables[name]?.trim() || 'off';
  if (text === 'on' || text === 'off') return text === 'on';
  throw new StackError('BAD_SETTING', `${name} must be on or off, not "${text}".`);
}

function refuseTwins(ports: Record<string, number | undefined>): void {
  const names = Object.keys(ports).filter((name) => ports[name] !== undefined);
  for (const name of names) {
    const twin = names.find((other) => other !== name && ports[other] === ports[name]);
    if (twin)
      throw new StackError(
        'BAD_SETTING',
        `${name} and ${twin} are both ${ports[name]}: choose another port for one.`,
      );
  }
}
