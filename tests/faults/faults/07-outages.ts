import type { MindedService } from '../cluster/minded-service.ts';
import type { Bench, Fault } from './fault.ts';
import { Kinds } from './kinds.ts';
import { untilReady } from './ready.ts';
import { lasting, until } from './waiting.ts';

interface Outage {
  readonly part: string;
  readonly signal: NodeJS.Signals;
  readonly ms: number;
  /** Services that are killed meanwhile, and start with cold caches: they wait, and say for what. */
  readonly restarted?: readonly string[];
  /** Orders are settled meanwhile. */
  readonly harmless?: true;
}

const outages: Readonly<Record<string, Outage>> = {
  'Postgres down for a minute': { part: 'postgres', signal: 'SIGINT', ms: 60_000 },
  'Postgres killed': { part: 'postgres', signal: 'SIGKILL', ms: 0 },
  'SMTP down': { part: 'mail', signal: 'SIGKILL', ms: 20_000, harmless: true },
  'registry down, caches warm': { part: 'registry', signal: 'SIGKILL', ms: 20_000, harmless: true },
  'registry down, caches cold': {
    part: 'registry',
    signal: 'SIGKILL',
    ms: 15_000,
    restarted: ['inventory-1', 'inventory-2', 'orders-1'],
  },
};

async function happen(bench: Bench, outage: Outage): Promise<void> {
  const { cluster, progress, ledger } = bench;
  const { part, signal, ms, restarted = [], harmless } = outage;
  const services = restarted.map((name) => cluster.service(name));
  progress.breaking();
  try {
    await cluster.stack.kill(part, signal);
    const before = ledger.settledCount;
    const deaths = services.map((service) => service.deaths);
    await Promise.all(services.map((service) => service.signal('SIGKILL')));
    await until('they run again', () =>
      services.every((service, index) => service.deaths > (deaths[index] ?? 0) && service.pid !== undefined),
    );
    await Promise.all(services.map((service) => untilItSays(service, part)));
    await lasting(ms);
    if (harmless && ledger.settledCount === before) throw new Error(`Nothing was settled without ${part}`);
  } finally {
    await cluster.startPart(part);
    progress.repaired(`${part} away`);
  }
  for (const service of services) await untilReady(bench, service);
}

const untilItSays = (service: MindedService, part: string) =>
  until(`${service.name} says that it waits for the ${part}`, async () =>
    ((await service.unreadiness()) ?? '').toLowerCase().includes(part),
  );

/** Parts that are not Kafka go away: what needs them waits, and nothing is given up. */
export class Outages implements Fault {
  readonly number = 7;
  readonly name = 'Postgres, SMTP, registry down (caches warm and cold)';
  readonly times = Object.keys(outages).length;
  readonly kinds = new Kinds(Object.entries(outages));

  async once(bench: Bench): Promise<number> {
    const [kind, outage] = this.kinds.next();
    bench.history.write('outage', { kind });
    await happen(bench, outage);
    return 1;
  }
}
