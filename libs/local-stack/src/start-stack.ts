import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { Family } from './family.ts';
import { kafkaBrokers } from './parts/kafka.ts';
import type { BrokerAddress } from './parts/kafka-properties.ts';
import { mail } from './parts/mail.ts';
import { databasePassword, databaseUser, postgres } from './parts/postgres.ts';
import { registry, registryUrl } from './parts/registry.ts';
import { stackPorts, type WantedPorts } from './stack-ports.ts';
import type { Report } from './fetch-parts.ts';
import type { Program } from './program.ts';
import { StackError } from './stack-error.ts';

export interface StackOptions {
  /** Everything the parts keep, logs included. The next start on it goes on with it. */
  dataDir: string;
  cacheDir: string;
  ports?: WantedPorts;
  brokers?: number;
  /** Kafka's version, which must have been fetched; the platform's own unless given. */
  kafkaVersion?: string;
  /** Features that new brokers are formatted with, by Kafka's names; the newest of each unless given. */
  kafkaFeatures?: Record<string, string>;
  /**
   * The controller is a process of its own, `controller`, which listens here, goes on while brokers are paused, and fences them.
   * With `relayPort`, brokers reach it through a relay that the caller runs.
   */
  controllerApart?: { port: number; relayPort?: number };
  /** Each broker gets a second listener, whose clients come through a relay that the caller runs. */
  relayed?: boolean;
  /** Java's flags for the heap of each broker. */
  kafkaHeap?: string[];
  report?: Report;
  /** Who starts and stops the processes; without one, the stack stops them itself. */
  family?: Family;
}

export interface Stack {
  kafka: { bootstrap: string; brokers: BrokerAddress[] };
  registryUrl: string;
  postgresUrl: string;
  smtp: { host: string; port: number };
  mailUrl: string;
  programs: Program[];
  /** The pid of each part by name: `kafka-1`, `registry`, `postgres`, `mail`; without those that are down. */
  readonly processes: Record<string, number>;
  kill(name: string, signal?: NodeJS.Signals): Promise<void>;
  restart(name: string): Promise<void>;
  stop(): Promise<void>;
}

/**
 * Starts Kafka, the registry, Postgres and MailDev; all of them answer when this returns. When it fails, none is left running,
 * unless the caller brought a family: then the caller stops it.
 */
export async function startStack(options: StackOptions): Promise<Stack> {
  mkdirSync(options.dataDir, { recursive: true });
  const family = options.family ?? new Family(join(options.dataDir, 'children.json'));
  try {
    return await startParts(family, options);
  } catch (error) {
    if (!options.family) await family.stopAll();
    throw error;
  }
}

async function startParts(family: Family, options: StackOptions): Promise<Stack> {
  const { dataDir, cacheDir, report = () => undefined } = options;
  const ports = await stackPorts(options.ports ?? {}, options.brokers ?? 1, options.relayed);
  const password = databasePassword(dataDir);
  const database = postgres(family, {
    dataDir,
    port: ports.postgres,
    databases: ['atelier', 'registry'],
  });
  const brokers = brokersOf(family, options, ports.brokers);
  const registryStorage = { port: ports.postgres, name: 'registry', user: databaseUser, password };
  const schemas = registry(family, { dataDir, cacheDir, port: ports.registry, database: registryStorage });
  const mailbox = mail(family, { dataDir, smtpPort: ports.smtp, webPort: ports.mail });

  const start = async (programs: Program[], what: string) => {
    await Promise.all(programs.map((program) => program.start()));
    report(`${what} up`);
  };
  await Promise.all([
    start([database], 'Postgres').then(() => start([schemas], 'registry')),
    start(brokers, 'Kafka'),
    start([mailbox], 'MailDev'),
  ]);

  return Object.assign(controls(family, [...brokers, schemas, database, mailbox]), {
    kafka: {
      bootstrap: ports.brokers.map(({ clientPort }) => `127.0.0.1:${clientPort}`).join(','),
      brokers: ports.brokers,
    },
    registryUrl: registryUrl(ports.registry),
    postgresUrl: `postgres://${databaseUser}:${password}@127.0.0.1:${ports.postgres}/atelier`,
    smtp: { host: '127.0.0.1', port: ports.smtp },
    mailUrl: `http://127.0.0.1:${ports.mail}`,
  });
}

function brokersOf(family: Family, options: StackOptions, brokers: BrokerAddress[]): Program[] {
  const { dataDir, cacheDir, controllerApart, kafkaVersion, kafkaFeatures, kafkaHeap } = options;
  return kafkaBrokers(family, {
    dataDir,
    cacheDir,
    brokers,
    ...(controllerApart ? { controller: { id: 100, ...controllerApart } } : {}),
    ...(kafkaVersion ? { version: kafkaVersion } : {}),
    ...(kafkaFeatures ? { features: kafkaFeatures } : {}),
    ...(kafkaHeap ? { heap: kafkaHeap } : {}),
  });
}

function controls(family: Family, programs: Program[]) {
  const named = (name: string): Program => {
    const program = programs.find((candidate) => candidate.name === name);
    if (program) return program;
    const names = programs.map((candidate) => candidate.name).join(', ');
    throw new StackError('BAD_SETTING', `There is no part ${name}; there are ${names}.`);
  };
  return {
    programs,
    get processes() {
      return pidsOf(programs);
    },
    kill: async (name: string, signal: NodeJS.Signals = 'SIGKILL') => named(name).kill(signal),
    restart: (name: string) => named(name).restart(),
    stop: () => family.stopAll(),
  };
}

export function pidsOf(programs: Program[]): Record<string, number> {
  return Object.fromEntries(programs.flatMap(({ name, pid }) => (pid === undefined ? [] : [[name, pid]])));
}
