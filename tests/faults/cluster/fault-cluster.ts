import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import {
  build,
  defaultCacheDir,
  deploy,
  type Family,
  fetchParts,
  freePort,
  type PlatformConfig,
  repositoryRoot,
  seedCatalogue,
  serviceAddresses,
  services,
  type Stack,
  startStack,
} from '@atelier/local-stack';
import { KafkaRequests } from '../network/kafka-requests.ts';
import { TcpProxy } from '../network/tcp-proxy.ts';
import { MindedService } from './minded-service.ts';

interface Parts {
  readonly dataDir: string;
  readonly family: Family;
  readonly stack: Stack;
  readonly services: ReadonlyMap<string, MindedService>;
  readonly spares: ReadonlyMap<string, MindedService>;
  /** One for each broker, in their order. */
  readonly brokerRelays: readonly TcpProxy[];
  /** Holds back requests to a broker, by the same order. */
  readonly brokerRequests: readonly KafkaRequests[];
  readonly databaseRelay: TcpProxy;
}

/**
 * The whole platform as it would run in production, on one machine: three brokers (replication 3, two in sync),
 * two instances of each service, and a relay in front of each broker and of Postgres that can cut, stall or slow
 * what passes.
 */
export class FaultCluster {
  readonly dataDir: string;
  readonly stack: Stack;
  readonly services: ReadonlyMap<string, MindedService>;
  /** Third members of their groups, for rebalance storms: down until they are started. */
  readonly spares: ReadonlyMap<string, MindedService>;
  readonly brokerRelays: readonly TcpProxy[];
  readonly brokerRequests: readonly KafkaRequests[];
  readonly databaseRelay: TcpProxy;
  private readonly family: Family;

  private constructor(parts: Parts) {
    this.dataDir = parts.dataDir;
    this.stack = parts.stack;
    this.services = parts.services;
    this.spares = parts.spares;
    this.brokerRelays = parts.brokerRelays;
    this.brokerRequests = parts.brokerRequests;
    this.databaseRelay = parts.databaseRelay;
    this.family = parts.family;
  }

  /** Resolves when everything is ready; nothing is on sale yet. Leaves no process behind when it fails. */
  static async start(dataDir: string, family: Family, say: (step: string) => void): Promise<FaultCluster> {
    const relays: TcpProxy[] = [];
    try {
      return new FaultCluster(await startParts(family, dataDir, relays, say));
    } catch (error) {
      await family.stopAll();
      await Promise.all(relays.map((relay) => relay.close()));
      throw error;
    }
  }

  /** Puts the catalogue on sale, with much of everything. */
  async stock(quantity: number, skus: readonly string[]): Promise<void> {
    const [gateway = ''] = this.gateways;
    await seedCatalogue(gateway, this.family.closing);
    for (const sku of skus) await receive(gateway, sku, quantity);
  }

  get gateways(): string[] {
    return [...this.services.values()].filter(({ name }) => name.startsWith('gateway')).map(({ url }) => url);
  }

  /** The directory in which failpoints are armed. */
  get failpoints(): string {
    return failpointsIn(this.dataDir);
  }

  stateDir(instance: string): string {
    return join(this.dataDir, 'state', instance);
  }

  service(name: string): MindedService {
    const found = this.services.get(name) ?? this.spares.get(name);
    if (!found) throw new Error(`There is no service ${name}`);
    return found;
  }

  /** What ended although nobody had asked for it. */
  get crashes(): string[] {
    return [...this.services.values(), ...this.spares.values()].flatMap(({ crashes }) => crashes);
  }

  /** Starts a part that was killed; resolves when it answers. */
  async startPart(name: string): Promise<void> {
    const program = this.stack.programs.find((candidate) => candidate.name === name);
    if (!program) throw new Error(`There is no part ${name}`);
    if (program.pid === undefined) await program.start();
  }

  async stop(): Promise<void> {
    const relays = [...this.brokerRelays, this.databaseRelay];
    for (const relay of relays) relay.mend();
    await this.family.stopAll();
    await Promise.all(relays.map((relay) => relay.close()));
  }
}

/** Short, so that whatever waits in the delay topic at the end of a fault is due soon. */
const ORDER_EXPIRY = '20s';

const failpointsIn = (dataDir: string) => join(dataDir, 'failpoints');

async function startParts(
  family: Family,
  dataDir: string,
  relays: TcpProxy[],
  say: (step: string) => void,
): Promise<Parts> {
  const config: PlatformConfig = {
    root: repositoryRoot,
    dataDir,
    cacheDir: defaultCacheDir,
    gatewayPort: await freePort(),
    ports: {},
    brokers: 3,
    instances: 2,
  };
  mkdirSync(failpointsIn(dataDir), { recursive: true });
  process.env['FAILPOINTS'] = failpointsIn(dataDir);
  process.env['ORDER_EXPIRY'] = ORDER_EXPIRY;
  await Promise.all([fetchParts(config.cacheDir, say, family), build(family, config.root, config.cacheDir)]);
  const stack = await startStack({
    dataDir,
    cacheDir: config.cacheDir,
    brokers: config.brokers,
    relayed: true,
    kafkaHeap: ['-Xms192m', '-Xmx384m'],
    family,
    report: say,
  });
  await deploy(family, config, stack);
  say('schemas registered, topics and tables created');

  const brokerRequests = stack.kafka.brokers.map(() => new KafkaRequests());
  const brokerRelays = await Promise.all(
    stack.kafka.brokers.map(({ relayed }, index) => relayTo(relayed, relays, brokerRequests[index])),
  );
  const databaseRelay = await relayTo({ port: Number(new URL(stack.postgresUrl).port) }, relays);
  const relayed = relayedStack(stack, databaseRelay);

  const minded = async (addresses: Record<string, string>) =>
    new Map(
      services(family, config, relayed, addresses).map((program) => [
        program.name,
        new MindedService(program, addresses[program.name] ?? '', family.closing),
      ]),
    );
  const started = await minded(await serviceAddresses(config));
  const spares = await minded(await spareAddresses());
  await Promise.all([...started.values()].map((service) => service.start()));
  say(`${started.size} services up`);
  return {
    dataDir,
    family,
    stack,
    services: started,
    spares,
    brokerRelays,
    brokerRequests,
    databaseRelay,
  };
}

async function relayTo(
  target: { readonly port: number; readonly relayPort?: number } | undefined,
  relays: TcpProxy[],
  requests?: KafkaRequests,
): Promise<TcpProxy> {
  if (!target) throw new TypeError('The stack was started without relays');
  const { port, relayPort } = target;
  const relay = await TcpProxy.start({
    ...(relayPort !== undefined && { port: relayPort }),
    target: { host: '127.0.0.1', port },
    ...(requests && { intercept: requests.intercept }),
  });
  relays.push(relay);
  return relay;
}

/** The stack as services see it: every way to a broker or to Postgres leads through a relay. */
function relayedStack(stack: Stack, database: TcpProxy): Stack {
  const postgresUrl = new URL(stack.postgresUrl);
  postgresUrl.port = String(database.port);
  const bootstrap = stack.kafka.brokers.map(({ relayed }) => `127.0.0.1:${relayed?.relayPort}`).join(',');
  return { ...stack, kafka: { ...stack.kafka, bootstrap }, postgresUrl: String(postgresUrl) };
}

async function spareAddresses(): Promise<Record<string, string>> {
  const names = ['orders-3', 'inventory-3', 'notifications-3', 'projections-3'];
  const entries = names.map(async (name) => [name, `http://127.0.0.1:${await freePort()}`] as const);
  return Object.fromEntries(await Promise.all(entries));
}

async function receive(gateway: string, sku: string, quantity: number): Promise<void> {
  const answer = await fetch(`${gateway}/v1/products/${sku}/receipts`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'idempotency-key': `stock-${sku}` },
    body: JSON.stringify({ quantity }),
  });
  if (!answer.ok)
    throw new Error(`The receipt of ${sku} was answered ${answer.status}: ${await answer.text()}`);
}
