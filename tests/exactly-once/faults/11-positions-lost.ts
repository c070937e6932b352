import { redriveTopic } from '@atelier/eventing/domain';
import { commitOffsets, committedOffset } from '@atelier/eventing/kafka';
import { until } from '../../harness/waiting.ts';
import { withAdmin } from '../cluster/admin.ts';
import type { Bench, Fault } from './fault.ts';
import { members } from './group-members.ts';
import { untilReady } from './ready.ts';

const group = 'inventory.reserve-stock';
/** What it reads: its source, and what is given back to it. */
const topics = ['orders.events', redriveTopic(group, 'orders.events')];
const partitions = [0, 1, 2, 3, 4, 5];

/** A group's committed offsets are gone: its partitions stop and say so, until an operator sets them again. */
export class PositionsLost implements Fault {
  readonly number = 11;
  readonly name = 'committed offsets lost: stopped, not reset, and set again';
  readonly times = 1;

  async once(bench: Bench): Promise<number> {
    const { cluster, brokers, history, broken } = bench;
    const services = ['inventory-1', 'inventory-2'].map((name) => cluster.service(name));
    const down = async () => {
      await Promise.all(services.map((service) => service.hold('SIGTERM')));
      await until(`${group} has no members`, async () => (await members(cluster, group)) === 0);
    };
    const up = () => services.forEach((service) => service.release());

    await broken.during(`positions of ${group} lost`, async () => {
      try {
        await down();
        const positions = await positionsOf(brokers);
        await withAdmin(cluster, (admin) => admin.deleteGroups([group]));
        up();
        await until('readiness says what is missing', async () =>
          (await Promise.all(services.map(({ url }) => reasons(url)))).every((text) =>
            text.includes('has no committed offset'),
          ),
        );
        history.write('stopped by missing offsets', { group });
        await down();
        await commitOffsets(brokers, group, positions);
      } finally {
        up();
      }
    });
    for (const service of services) await untilReady(bench, service);
    return 1;
  }
}

function positionsOf(brokers: Bench['brokers']) {
  const all = topics.flatMap((topic) => partitions.map((partition) => ({ topic, partition })));
  return Promise.all(
    all.map(async ({ topic, partition }) => ({
      topic,
      partition,
      offset: await committedOffset(brokers, group, topic, partition),
    })),
  );
}

async function reasons(url: string): Promise<string> {
  return fetch(`${url}/health/ready`, { signal: AbortSignal.timeout(2_000) }).then(
    (answer) => answer.text(),
    () => '',
  );
}
