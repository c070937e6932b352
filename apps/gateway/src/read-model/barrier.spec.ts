import { projectionGroup, projections } from '@atelier/contracts';
import type { LogPositions } from '@atelier/eventing';
import { beforeEach, describe, expect, it } from '@jest/globals';
import { Barrier } from './barrier.ts';
import type { PositionsQueries } from './positions.queries.ts';

const orders = projectionGroup(projections.orders);
const place = (topic: string, offset: bigint) => ({ topic, partition: 1, offset });

/** The orders decider and a projection of its events: how far they are moves with each look, as far as they may come. */
class Flow {
  handled = 0n;
  projected = 0n;
  mayHandle = 100n;
  mayProject = 100n;
  looks: string[] = [];

  logs = {
    end: async (topic: string): Promise<bigint> => (topic === 'orders.commands' ? 9n : 100n),
    committed: async () => {
      this.looks.push('decider');
      return this.handled < this.mayHandle ? ++this.handled : this.handled;
    },
  };
  positions = {
    of: async () => {
      this.looks.push('projection');
      if (this.projected < this.mayProject) this.projected += 50n;
      return [place('orders.events', this.projected), { ...place('orders.events', 0n), partition: 2 }];
    },
  };

  barrier(withinMs = 30_000): Barrier {
    const parts = [this.logs, this.positions] as unknown as [LogPositions, PositionsQueries];
    return new (class extends Barrier {
      override readonly withinMs = withinMs;
    })(...parts);
  }
}

let flow: Flow;
beforeEach(() => void (flow = new Flow()));

describe('a read that names a write', () => {
  it('waits until its projection has come to the event, and is told where that is', async () => {
    const [seen] = await flow.barrier().seen(orders, [place('orders.events', 60n)]);
    expect(flow.looks).toEqual(['projection', 'projection']);
    expect(seen).toEqual(place('orders.events', 100n));
  });

  it('waits for the last of several, with one look at all of them', async () => {
    await flow.barrier().seen(
      orders,
      [1n, 60n, 51n].map((offset) => place('orders.events', offset)),
    );
    expect(flow.looks).toEqual(['projection', 'projection']);
  });

  it('waits for the decider first where only the command is known', async () => {
    await flow.barrier().seen(orders, [place('orders.commands', 2n)]);
    expect(flow.looks).toEqual(['decider', 'decider', 'projection', 'projection']);
  });

  it('waits for nothing where its projection reads other events', async () => {
    const other = projectionGroup(projections.products);
    await flow.barrier().seen(other, [place('orders.events', 60n), place('orders.commands', 60n)]);
    expect(flow.looks).toEqual(['projection']);
  });

  it.each(['orders.events', 'orders.commands'])(
    'says what to do when it does not come in time: %s',
    async (topic) => {
      flow.mayProject = 0n;
      const reading = flow.barrier(20).seen(orders, [place(topic, 9n)]);
      await expect(reading).rejects.toMatchObject({
        status: 503,
        code: 'not-seen-yet',
        message: expect.stringMatching(
          /^projections\.orders\.v1 has not come to .*: ask again with the same/,
        ),
        headers: { 'Retry-After': '1' },
        extensions: { projection: orders, place: `${topic}~1~9` },
      });
    },
  );

  it('is refused when the log has not come so far', async () => {
    for (const beyond of [place('orders.events', 101n), place('orders.commands', 10n)]) {
      flow.mayHandle = 0n;
      const reading = flow.barrier(20).seen(orders, [beyond]);
      await expect(reading).rejects.toMatchObject({
        status: 400,
        extensions: { header: 'Consistency-Token' },
      });
    }
  });

  it('is told that it is late, where nobody says how far the log has come', async () => {
    flow.mayProject = 0n;
    flow.logs.end = async () => Promise.reject(new Error('no broker'));
    const reading = flow.barrier(20).seen(orders, [place('orders.events', 101n)]);
    await expect(reading).rejects.toMatchObject({ status: 503, code: 'not-seen-yet' });
  });

  it('waits no longer than its client', async () => {
    flow.mayProject = 0n;
    const reading = flow.barrier().seen(orders, [place('orders.events', 9n)], AbortSignal.abort());
    await expect(reading).rejects.toMatchObject({ status: 503 });
  });
});
