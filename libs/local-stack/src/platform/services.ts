import { join } from 'node:path';
import { stopOrder } from '../child.ts';
import type { Family } from '../family.ts';
import { freePort } from '../ports.ts';
import { Program } from '../program.ts';
import type { Stack } from '../start-stack.ts';
import { answersHttp } from '../wait-until.ts';
import type { PlatformConfig } from './platform.config.ts';

/** Each folder of apps/. */
export const serviceNames: readonly string[] = [
  'orders',
  'inventory',
  'notifications',
  'projections',
  'dead-letters',
  'transactions',
  'gateway',
];

/** The address of each service by its instance's name: `orders-1`. */
export async function serviceAddresses(config: PlatformConfig): Promise<Record<string, string>> {
  const instances = serviceNames.flatMap((name) =>
    Array.from({ length: config.instances }, (_, index) => `${name}-${index + 1}`),
  );
  const entries = instances.map(async (instance) => {
    const port = instance === 'gateway-1' ? config.gatewayPort : await freePort();
    return [instance, `http://127.0.0.1:${port}`] as const;
  });
  return Object.fromEntries(await Promise.all(entries));
}

/** One process for each service of the platform. */
export function services(
  family: Family,
  config: PlatformConfig,
  stack: Stack,
  addresses: Record<string, string>,
): Program[] {
  return Object.entries(addresses).map(([instance, url]) => service(family, config, stack, instance, url));
}

function service(
  family: Family,
  config: PlatformConfig,
  stack: Stack,
  instance: string,
  url: string,
): Program {
  const name = instance.replace(/-\d+$/, '');
  const port = Number(new URL(url).port);
  return new Program(family, {
    name: instance,
    command: process.execPath,
    args: ['--enable-source-maps', join(config.root, 'apps', name, 'dist', 'main.js')],
    cwd: config.root,
    env: environment(config, stack, instance, port),
    logFile: join(config.dataDir, 'logs', `${instance}.log`),
    stopOrder: name === 'gateway' ? stopOrder.gateway : stopOrder.service,
    isReady: () => answersHttp(`${url}/health/ready`),
  });
}

/** What every service is told, besides what the user has set. */
export function environment(
  config: PlatformConfig,
  stack: Stack,
  instance: string,
  port: number,
): NodeJS.ProcessEnv {
  return {
    ...process.env,
    ...config.variables,
    SERVICE_INSTANCE: instance,
    KAFKA_BROKERS: stack.kafka.bootstrap,
    REGISTRY_URL: stack.registryUrl,
    DATABASE_URL: stack.postgresUrl,
    MAILBOX_URL: stack.mailUrl,
    SMTP_URL: `smtp://${stack.smtp.host}:${stack.smtp.port}`,
    STATE_DIR: join(config.dataDir, 'state', instance),
    HTTP_HOST: '127.0.0.1',
    HTTP_PORT: String(port),
    // Only who is on this machine reaches it. An OPERATOR_TOKEN of the user's is asked for all the same.
    OPERATORS: 'open',
    KAFKA_REPLICATION: String(config.brokers),
    KAFKA_MIN_IN_SYNC: String(Math.min(2, config.brokers)),
  };
}

/** What has to be there before any service: schemas, topics, first positions, tables. It may run again and again. */
export async function deploy(family: Family, config: PlatformConfig, stack: Stack): Promise<void> {
  const steps = ['libs/contracts/dist/deploy/main.js', 'apps/projections/dist/migrate.main.js'];
  await Promise.all(steps.map((script) => deployStep(family, config, stack, script)));
}

async function deployStep(
  family: Family,
  config: PlatformConfig,
  stack: Stack,
  script: string,
): Promise<void> {
  await family.run({
    name: `the deployment step ${script}`,
    command: process.execPath,
    args: ['--enable-source-maps', join(config.root, script)],
    cwd: config.root,
    env: environment(config, stack, 'deploy', 0),
    logFile: join(config.dataDir, 'logs', `deploy-${script.split('/')[1]}.log`),
  });
}
