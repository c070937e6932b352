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
  SmtpProxy,
  type Stack,
  startStack,
} from '@atelier/local-stack';
import { SupervisedService } from '../services/supervised-service.ts';

interface Parts {
  readonly dataDir: string;
  readonly gateway: string;
  readonly stack: Stack;
  readonly mail: SmtpProxy;
  readonly services: ReadonlyMap<string, SupervisedService>;
}

/**
 * The platform of `npm start`, each part and service of it once: whatever goes away has no other that stands in. Services
 * that die are started again; parts only when they are told to.
 */
export class SinglePlatform {
  readonly dataDir: string;
  readonly gateway: string;
  readonly stack: Stack;
  /** The only way to the mail server. */
  readonly mail: SmtpProxy;
  readonly services: ReadonlyMap<string, SupervisedService>;
  /** How often the mail server was cut off while e-mails were sent to it. */
  mailCuts = 0;
  private readonly family: Family;

  private constructor(family: Family, { dataDir, gateway, stack, mail, services }: Parts) {
    this.family = family;
    this.dataDir = dataDir;
    this.gateway = gateway;
    this.stack = stack;
    this.mail = mail;
    this.services = services;
  }

  /** Resolves when everything is ready and on sale. Leaves no process behind when it fails. */
  static async start(dataDir: string, family: Family, say: (step: string) => void): Promise<SinglePlatform> {
    const mail = await SmtpProxy.start();
    try {
      const config = await configOf(dataDir);
      const gateway = `http://127.0.0.1:${config.gatewayPort}`;
      const stack = await startParts(family, config, say);
      mail.leadTo(stack.smtp);
      const started = await startServices(family, config, { ...stack, smtp: mail.address });
      await seedCatalogue(gateway, family.closing);
      say(`${started.size} services up, the catalogue is on sale`);
      return new SinglePlatform(family, { dataDir, gateway, stack, mail, services: started });
    } catch (error) {
      await family.stopAll();
      await mail.close();
      throw error;
    }
  }

  service(name: string): SupervisedService {
    const found = this.services.get(name);
    if (!found) throw new Error(`There is no service ${name}`);
    return found;
  }

  /** What a service says of itself; status 0 if it says nothing. */
  async readiness(name: string): Promise<{ status: number; text: string }> {
    try {
      const signal = AbortSignal.timeout(5_000);
      const answer = await fetch(`${this.service(name).url}/health/ready`, { signal });
      return { status: answer.status, text: await answer.text() };
    } catch (error) {
      return { status: 0, text: String(error) };
    }
  }

  /** Nobody reaches the mail server, and answers of its that were on the way are lost. */
  async cutMailOff(): Promise<void> {
    this.mailCuts++;
    await this.mail.inject({ mode: 'down' });
  }

  /** Resolves when the part answers again. */
  async startPart(name: string): Promise<void> {
    const part = this.stack.programs.find((candidate) => candidate.name === name);
    if (!part) throw new Error(`There is no part ${name}`);
    if (part.pid === undefined) await part.start();
  }

  /** Ends of services that nobody asked for. */
  get crashes(): string[] {
    return [...this.services.values()].flatMap(({ crashes }) => crashes);
  }

  async stop(): Promise<void> {
    await this.family.stopAll();
    await this.mail.close();
  }
}

const configOf = async (dataDir: string): Promise<PlatformConfig> => ({
  root: repositoryRoot,
  dataDir,
  cacheDir: defaultCacheDir,
  gatewayPort: await freePort(),
  ports: {},
  brokers: 1,
  instances: 1,
});

async function startParts(family: Family, config: PlatformConfig, report: (step: string) => void) {
  const { root, dataDir, cacheDir } = config;
  await Promise.all([fetchParts(cacheDir, report, family), build(family, root, cacheDir)]);
  const stack = await startStack({ dataDir, cacheDir, family, report });
  await deploy(family, config, stack);
  return stack;
}

async function startServices(family: Family, config: PlatformConfig, stack: Stack) {
  const addresses = await serviceAddresses(config);
  const started = services(family, config, stack, addresses).map(
    (program) => new SupervisedService(program, addresses[program.name] ?? '', family.closing),
  );
  await Promise.all(started.map((service) => service.start()));
  return new Map(started.map((service) => [service.name, service]));
}
