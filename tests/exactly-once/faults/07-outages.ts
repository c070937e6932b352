import type { SupervisedService } from '../../harness/services/supervised-service.ts';
import { lasting, until } from '../../harness/waiting.ts';
import type { Bench, Fault } from './fault.ts';
import { Kinds } from './kinds.ts';
import { untilReady } from './ready.ts';

interface Outage {
  readonly part: string;
  readonly signal: NodeJS.Signals;
  readonly ms: number;
  /** Services that are killed meanwhile, and start with cold caches: they wait, and say for what. */
  readonly restarted?: readonly string[];
  /** Orders are placed and settled meanwhile. */
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

/** Parts that are not Kafka go away: what needs them waits, and nothing is given up. */
export class Outages implements Fault {
  readonly number = 7;
  readonly name = 'Postgres, SMTP, registry down (caches warm and cold)';
  readonly times = Object.keys(outages).length;
  readonly kinds = new Kinds(Object.entries(outages));

  async once(bench: Bench): Promise<number> {
    const [kind, outage] = this.kinds.next();
    bench.history.write('outage', { kind });
    if (outage.harmless) await without(bench, outage, () => goesOn(bench, outage));
    else await bench.broken.during(kind, () => without(bench, outage, () => restart(bench, outage)));
    for (const name of outage.restarted ?? []) await untilReady(bench, bench.cluster.service(name));
    return 1;
  }
}

async function without({ cluster }: Bench, outage: Outage, meanwhile: () => Promise<void>): Promise<void> {
  try {
    await cluster.stack.kill(outage.part, outage.signal);
    await Promise.all([meanwhile(), lasting(outage.ms)]);
  } finally {
    await cluster.startPart(outage.part);
  }
}

async function goesOn({ ledger }: Bench, { part }: Outage): Promise<void> {
  const before = new Set(ledger.acknowledged.keys());
  const isNew = (orderId: string) => !before.has(orderId) && ledger.isSettled(orderId);
  await until(`an order is placed and settled without the ${part}`, () =>
    [...ledger.acknowledged.keys()].some(isNew),
  );
}

async function restart({ cluster }: Bench, { part, restarted = [] }: Outage): Promise<void> {
  const services = restarted.map((name) => cluster.service(name));
  const deaths = services.map((service) => service.deaths);
  await Promise.all(services.map((service) => service.signal('SIGKILL')));
  await until('they run again', () =>
    services.every((service, index) => service.deaths > (deaths[index] ?? 0) && service.pid !== undefined),
  );
  await Promise.all(services.map((service) => untilItNames(service, part)));
}

const untilItNames = (service: SupervisedService, part: string) =>
  until(`${service.name} says that it waits for the ${part}`, async () =>
    ((await service.unreadiness()) ?? '').toLowerCase().includes(part),
  );
