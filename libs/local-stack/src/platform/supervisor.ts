import { join } from 'node:path';
import { Family } from '../family.ts';
import { MailFaults } from '../faults/mail-faults.ts';
import { fetchParts } from '../fetch-parts.ts';
import { stopLeftovers } from '../ledger.ts';
import { startStack } from '../start-stack.ts';
import { build } from './build.ts';
import { seedCatalogue } from './catalogue.ts';
import { checkFreeSpace } from './disk.ts';
import { keepAlive } from './keep-alive.ts';
import { takeLock } from './lock.ts';
import { PlatformFile, removePlatformFile } from './platform-file.ts';
import type { PlatformConfig } from './platform.config.ts';
import { probe } from './probe.ts';
import type { Progress } from './progress.ts';
import { checkPorts } from './check-ports.ts';
import { deploy, serviceAddresses, services } from './services.ts';
import { welcome } from './welcome.ts';

export type Outcome = 'stopped' | 'interrupted';

/**
 * Runs the platform until `stop` is aborted; whatever happens, no process is left when it returns. `interrupted` means that
 * it was stopped before it was ready.
 */
export async function runPlatform(
  config: PlatformConfig,
  step: Progress,
  stop: AbortSignal,
): Promise<Outcome> {
  const gateway = `http://127.0.0.1:${config.gatewayPort}`;
  const lock = takeLock(config.dataDir, gateway);
  const childrenFile = join(config.dataDir, 'children.json');
  const family = new Family(childrenFile);
  const stopAll = () => void family.stopAll();
  let faults: MailFaults | undefined;
  try {
    await makeRoom(config, childrenFile, step);
    stop.addEventListener('abort', stopAll, { once: true });
    if (stop.aborted) return 'interrupted';

    const addresses = await serviceAddresses(config);
    if (config.faults) faults = await MailFaults.start(config.dataDir, step);
    const { stack, programs } = await startEverything(family, config, addresses, step, faults);
    step(`catalogue of ${await seedCatalogue(gateway, stop)} products on sale`);
    const took = await probe({ gateway, mailUrl: stack.mailUrl }, stop);
    step(`probe order confirmed in ${Math.round(took)} ms, its e-mail delivered`);
    keepPlatformFile(family, new PlatformFile(config.dataDir, gateway, stack, addresses, faults?.directory));
    const watches = programs.map((program) => keepAlive(program, step, family.closing));
    process.stdout.write(welcome(gateway, stack.mailUrl));
    await Promise.all(watches);
    return 'stopped';
  } catch (error) {
    if (stop.aborted) return 'interrupted';
    throw error;
  } finally {
    stop.removeEventListener('abort', stopAll);
    family.onChange = () => undefined;
    await family.stopAll();
    await faults?.close();
    removePlatformFile(config.dataDir);
    lock.release();
  }
}

/** Throws StackError, which says what is in the way. */
async function makeRoom(config: PlatformConfig, childrenFile: string, step: Progress): Promise<void> {
  removePlatformFile(config.dataDir);
  const leftovers = await stopLeftovers(childrenFile);
  if (leftovers.length > 0) step(`stopped what an earlier platform had left: ${leftovers.join(', ')}`);
  await checkFreeSpace(config.dataDir);
  await checkPorts(config);
}

async function startEverything(
  family: Family,
  config: PlatformConfig,
  addresses: Record<string, string>,
  step: Progress,
  faults: MailFaults | undefined,
) {
  const { root, dataDir, cacheDir, ports, brokers } = config;
  const building = build(family, root, cacheDir).then(() => step('built'));
  const starting = fetchParts(cacheDir, step, family).then(() =>
    startStack({ dataDir, cacheDir, ports, brokers, family, report: step }),
  );
  const [parts] = await Promise.all([starting, building]);
  const stack = faults?.inFrontOf(parts) ?? parts;
  await deploy(family, config, stack);
  step('schemas registered, topics and tables created');
  const started = services(family, config, stack, addresses);
  await Promise.all(started.map((program) => program.start().then(() => step(`${program.name} up`))));
  return { stack, programs: [...stack.programs, ...started] };
}

function keepPlatformFile(family: Family, file: PlatformFile): void {
  family.onChange = () => file.write(family.pids);
  family.onChange();
}
