import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type * as http from '../../harness/http.ts';
import { ago, OperatorsDesk } from './operators-desk.ts';

let desk: OperatorsDesk;

beforeAll(async () => {
  desk = await OperatorsDesk.open();
});

afterAll(() => desk?.close());

describe('the list of dead letters', () => {
  const group = 'notifications.order-mail';
  const [oldest, latest] = [ago(3 * 60_000), ago(60_000)];

  it('is filtered and paged, those that failed last first', async () => {
    const ids: string[] = [];
    for (const failedAt of [oldest, ago(2 * 60_000), latest]) {
      ids.push(
        await desk.report({
          group,
          failedAt,
          firstFailedAt: failedAt,
          errorMessage: `no mail ${ids.length}`,
        }),
      );
    }
    const listed: string[] = [];
    let next: string | null = '';
    while (next !== null) {
      const page: http.Answer = await desk.get(
        `/v1/dead-letters?group=${group}&limit=2${next && `&cursor=${next}`}`,
      );
      listed.push(...page.body.items.map(({ deadLetterId }: { deadLetterId: string }) => deadLetterId));
      next = page.body.next;
    }
    expect(listed).toEqual(ids.toReversed());
    const handled = await desk.get(`/v1/dead-letters?group=${group}&status=handled`);
    expect(handled.body.items).toEqual([]);
  });

  it('is filtered by topic, handler and status', async () => {
    const [topic, handler] = ['inventory.commands', 'inventory.decider ShipStock'];
    const here = await desk.report({ group: 'inventory.decider', topic, handler });
    const others = [
      await desk.report({ group: 'inventory.decider', topic, handler: 'inventory.decider AddProduct' }),
      await desk.report({ group: 'inventory.decider', topic: 'orders.commands', handler }),
    ];
    const listed = async (query: string) => {
      const { body } = await desk.get(`/v1/dead-letters?group=inventory.decider&${query}`);
      return body.items.map(({ deadLetterId }: { deadLetterId: string }) => deadLetterId);
    };
    expect(await listed(`topic=${topic}&handler=${encodeURIComponent(handler)}`)).toEqual([here]);
    expect((await listed(`topic=${topic}`)).toSorted()).toEqual([here, others[0]].toSorted());
    expect((await listed(`handler=${encodeURIComponent(handler)}`)).toSorted()).toEqual(
      [here, others[1]].toSorted(),
    );
    await desk.post(`/v1/dead-letters/${here}/discard`, { reason: 'a test order' });
    await desk.platform.idle();
    expect(await listed('status=discarded')).toEqual([here]);
    expect((await listed('status=open')).toSorted()).toEqual(others.toSorted());
  });

  it('is counted by cause', async () => {
    const { body } = await desk.get(`/v1/dead-letters/groups?group=${group}`);
    expect(body).toMatchObject([
      {
        group,
        count: 3,
        byStatus: { open: 3 },
        error: { message: 'no mail 2' },
        example: expect.any(String),
        firstSeen: new Date(Number(oldest)).toISOString(),
        lastSeen: new Date(Number(latest)).toISOString(),
      },
    ]);
    const some = await desk.get(`/v1/dead-letters?fingerprint=${body[0].fingerprint}`);
    expect(some.body.items).toHaveLength(3);
  });

  it('is counted without what was given up or handled, unless it is asked for', async () => {
    const settled = 'orders.settled';
    const [, id] = [await desk.report({ group: settled }), await desk.report({ group: settled })];
    await desk.post(`/v1/dead-letters/${id}/discard`, { reason: 'a test order' });
    await desk.platform.idle();
    const some = await desk.get(`/v1/dead-letters/groups?group=${settled}`);
    expect(some.body).toMatchObject([{ count: 1, byStatus: { open: 1 } }]);
    const all = await desk.get(`/v1/dead-letters/groups?group=${settled}&all=true`);
    expect(all.body).toMatchObject([{ count: 2, byStatus: { open: 1, discarded: 1 } }]);
  });

  it.each(['999999999999999.', '-99999999999999.ff00', '0.616263'])('begins anywhere: %s', async (cursor) => {
    for (const list of ['orders', 'dead-letters', 'transactions'])
      expect((await desk.get(`/v1/${list}?cursor=${cursor}`)).status).toBe(200);
  });

  it.each(['limit=0', 'status=lost', 'cursor=x', 'cursor=1.0', 'sort=asc'])('refuses ?%s', async (query) => {
    const { status, body } = await desk.get(`/v1/dead-letters?${query}`);
    expect(status).toBe(400);
    expect(body.detail).toContain(query.split('=')[0]);
  });
});
