import { until } from '../harness/waiting.ts';
import type { SinglePlatform } from '../harness/single-platform/single-platform.ts';

/** A dependency that goes away as a whole, and comes back. */
export interface Outage {
  readonly name: string;
  /** Services whose readiness must turn red, and how it must name the dependency. */
  readonly noticedBy: Readonly<Record<string, RegExp>>;
  begin(platform: SinglePlatform): Promise<void>;
  end(platform: SinglePlatform): Promise<void>;
}

/** Its process is ended in order, so that nothing but the outage is measured. */
function partAway(part: string, signal: NodeJS.Signals): Pick<Outage, 'begin' | 'end'> {
  return {
    begin: ({ stack }) => stack.kill(part, signal),
    end: (platform) => platform.startPart(part),
  };
}

const registryAway = partAway('registry', 'SIGTERM');
/** One that decides and one that only reads: they start without a single schema. */
const cold = ['inventory-1', 'notifications-1'];

async function restart(platform: SinglePlatform, name: string): Promise<void> {
  const service = platform.service(name);
  const { deaths } = service;
  // In order: one that is killed may send an e-mail twice.
  await service.signal('SIGTERM');
  await until(`${name} runs again`, () => service.deaths > deaths && service.pid !== undefined);
}

export const outages: readonly Outage[] = [
  {
    name: 'SMTP refused',
    noticedBy: { 'notifications-1': /SMTP/ },
    begin: (platform) => platform.cutMailOff(),
    end: ({ mail }) => mail.inject({ mode: 'up' }),
  },
  {
    name: 'Postgres stopped',
    noticedBy: { 'gateway-1': /postgres/i, 'projections-1': /postgres/i },
    ...partAway('postgres', 'SIGINT'),
  },
  {
    name: 'registry stopped, caches cold',
    noticedBy: Object.fromEntries(cold.map((name) => [name, /registry/i])),
    async begin(platform) {
      await registryAway.begin(platform);
      await Promise.all(cold.map((name) => restart(platform, name)));
    },
    end: registryAway.end,
  },
  {
    name: 'Kafka stopped',
    noticedBy: Object.fromEntries(
      ['orders', 'inventory', 'notifications', 'projections', 'dead-letters', 'transactions', 'gateway'].map(
        (name) => [`${name}-1`, /Kafka/],
      ),
    ),
    ...partAway('kafka-1', 'SIGTERM'),
  },
];
