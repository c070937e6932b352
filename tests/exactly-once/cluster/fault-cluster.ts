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
  type Program,
  repositoryRoot,
  seedCatalogue,
  serviceAddresses,
  services,
  type Stack,
  startStack,
} from '@atelier/local-stack';
import { SupervisedService } from '../../harness/services/supervised-service.ts';
import type { ClusterKind } from './cluster-kind.ts';
import { ControllerRelay } from './controller-relay.ts';
import { Relays } from './relays.ts';

type Services = ReadonlyMap<string, SupervisedService>;

interface Wanted {
  readonly kind: ClusterKind;
  readonly dataDir: string;
  /** Seconds, short, so that whatever waits in the delay topic at the end of a fault is due soon. */
  readonly expiry: number;
  /** The root of the release whose services are started; this one unless given. */
  readonly root?: string;
}

/** What an instance is started again as. */
export interface Becoming {
  /** The release that is there; the one that the cluster was started with unless given. */
  readonly root?: string;
  /** Beside those that all services have. */
  readonly variables?: Readonly<Record<string, string>>;
}

interface Parts {
  readonly config: PlatformConfig;
  readonly stack: Stack;
  readonly relays: Relays;
  readonly controller: ControllerRelay | undefined;
  readonly services: Services;
  readonly spares: Services;
}

/**
 * The whole platform as it would run in production, on one machine: brokers of the kind that is wanted,
 * two instances of each service, and relays between them and the brokers and Postgres.
 */
export class FaultCluster {
  readonly dataDir: string;
  readonly stack: Stack;
  readonly relays: Relays;
  /** Where the controller is a process of its own. */
  readonly controller: ControllerRelay | undefined;
  readonly services: Services;
  /** Third members of their groups, for rebalance storms: down until they are started. */
  readonly spares: Services;
  private readonly family: Family;
  private readonly config: PlatformConfig;

  private constructor(family: Family, { config, stack, relays, controller, services, spares }: Parts) {
    this.family = family;
    this.config = config;
    this.dataDir = config.dataDir;
    this.stack = stack;
    this.relays = relays;
    this.controller = controller;
    this.services = services;
    this.spares = spares;
  }

  /** Resolves when everything is ready; nothing is on sale yet. Leaves no process behind when it fails. */
  static async start(wanted: Wanted, family: Family, say: (step: string) => void): Promise<FaultCluster> {
    const { kind } = wanted;
    const controller = kind.controllerApart ? await ControllerRelay.start() : undefined;
    let relays: Relays | undefined;
    try {
      const config = await configOf(wanted);
      const stack = await startParts({ kind, controller }, family, config, say);
      relays = await Relays.start(stack);
      const parts = await startServices(family, config, relays.inFrontOf(stack), say);
      return new FaultCluster(family, { config, stack, relays, controller, ...parts });
    } catch (error) {
      await family.stopAll();
      await relays?.close();
      await controller?.close();
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

  /** The root of the release that it was started with. */
  get root(): string {
    return this.config.root;
  }

  /** The directory in which failpoints are armed. */
  get failpoints(): string {
    return failpointsIn(this.dataDir);
  }

  stateDir(instance: string): string {
    return join(this.dataDir, 'state', instance);
  }

  service(name: string): SupervisedService {
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

  /** What a release needs before its services start: schemas, topics, tables. `root`: where it is. */
  deploy(root: string): Promise<void> {
    return deploy(this.family, { ...this.config, root }, this.stack);
  }

  /** Ends an instance, and starts it again as another one. It goes on with what is on its disk. */
  async change(name: string, to: Becoming, signal?: NodeJS.Signals): Promise<void> {
    const service = this.service(name);
    const { root = this.root, variables } = to;
    const config = { ...this.config, root, variables: { ...this.config.variables, ...variables } };
    const [program] = services(this.family, config, this.relays.inFrontOf(this.stack), {
      [name]: service.url,
    });
    await service.replace(program as Program, signal);
  }

  async stop(): Promise<void> {
    this.relays.mend();
    await this.family.stopAll();
    await this.relays.close();
    await this.controller?.close();
  }
}

const failpointsIn = (dataDir: string) => join(dataDir, 'failpoints');

async function configOf({ kind, dataDir, expiry, root = repositoryRoot }: Wanted): Promise<PlatformConfig> {
  mkdirSync(failpointsIn(dataDir), { recursive: true });
  return {
    root,
    dataDir,
    cacheDir: defaultCacheDir,
    gatewayPort: await freePort(),
    ports: {},
    brokers: kind.brokers,
    instances: 2,
    variables: { FAILPOINTS: failpointsIn(dataDir), ORDER_EXPIRY: `${expiry}s` },
  };
}

/** Brokers, registry, database and mail server, with topics, schemas and tables. */
async function startParts(
  { kind: { kafka, features }, controller }: { kind: ClusterKind; controller: ControllerRelay | undefined },
  family: Family,
  config: PlatformConfig,
  report: (step: string) => void,
): Promise<Stack> {
  const { dataDir, cacheDir, brokers } = config;
  await Promise.all([fetchParts(cacheDir, report, family, kafka), build(family, repositoryRoot, cacheDir)]);
  const kafkaHeap = ['-Xms192m', '-Xmx384m'];
  const version = kafka ? { kafkaVersion: kafka } : {};
  const options = {
    dataDir,
    cacheDir,
    brokers,
    ...version,
    ...(features ? { kafkaFeatures: features } : {}),
    ...(controller ? { controllerApart: controller.ports } : {}),
    relayed: true,
    kafkaHeap,
    family,
    report,
  };
  const stack = await startStack(options);
  await deploy(family, config, stack);
  report('schemas registered, topics and tables created');
  return stack;
}

async function startServices(
  family: Family,
  config: PlatformConfig,
  stack: Stack,
  say: (step: string) => void,
): Promise<{ services: Services; spares: Services }> {
  const minded = (addresses: Record<string, string>): Services =>
    new Map(
      services(family, config, stack, addresses).map((program) => [
        program.name,
        new SupervisedService(program, addresses[program.name] ?? '', family.closing),
      ]),
    );
  const started = minded(await serviceAddresses(config));
  await Promise.all([...started.values()].map((service) => service.start()));
  say(`${started.size} services up`);
  return { services: started, spares: minded(await spareAddresses()) };
}

async function spareAddresses(): Promise<Record<string, string>> {
  const names = ['orders-3', 'inventory-3', 'notifications-3', 'projections-3', 'dead-letters-3'];
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
