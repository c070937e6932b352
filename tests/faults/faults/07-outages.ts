import type { Bench, Fault } from './fault.ts';
import { lasting, until } from './waiting.ts';

const outages: Readonly<Record<string, (bench: Bench) => Promise<void>>> = {
  'Postgres down for a minute': async ({ cluster }) => {
    await cluster.stack.kill('postgres', 'SIGINT');
    await lasting(60_000);
    await cluster.startPart('postgres');
  },
  'Postgres killed': async ({ cluster }) => {
    await cluster.stack.kill('postgres', 'SIGKILL');
    await cluster.startPart('postgres');
  },
  'SMTP down': async ({ cluster }) => {
    await cluster.stack.kill('mail', 'SIGKILL');
    await lasting(20_000);
    await cluster.startPart('mail');
  },
  'registry down, caches warm': async ({ cluster }) => {
    await cluster.stack.kill('registry', 'SIGKILL');
    await lasting(20_000);
    await cluster.startPart('registry');
  },
  'registry down, caches cold': async ({ cluster }) => {
    const services = ['inventory-1', 'inventory-2', 'orders-1'].map((name) => cluster.service(name));
    await cluster.stack.kill('registry', 'SIGKILL');
    const deaths = services.map((service) => service.deaths);
    await Promise.all(services.map((service) => service.signal('SIGKILL')));
    await until('they run again', () =>
      services.every((service, index) => service.deaths > (deaths[index] ?? 0) && service.pid !== undefined),
    );
    await lasting(15_000);
    await cluster.startPart('registry');
    for (const service of services) await until(`${service.name} is ready`, () => service.ready());
  },
};

/** Parts that are not Kafka go away: what needs them waits, and nothing is given up. */
export class Outages implements Fault {
  readonly number = 7;
  readonly name = 'Postgres, SMTP, registry down (caches warm and cold)';
  readonly times = Object.keys(outages).length;
  private turn = 0;

  async once(bench: Bench): Promise<number> {
    const kinds = Object.entries(outages);
    const [kind, happen] = kinds[this.turn++ % kinds.length] as (typeof kinds)[number];
    bench.history.write('outage', { kind });
    await happen(bench);
    return 1;
  }
}
