import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { FakeBroker } from '../../../fixtures/fake-broker.ts';
import { until } from '../../../fixtures/until.ts';
import { Connections } from './connections.ts';
import type { Node } from './kafkajs.ts';

describe('a connection', () => {
  let broker: FakeBroker;
  let connections: Connections;
  beforeEach(async () => {
    broker = await FakeBroker.start(1);
    connections = new Connections({ clientId: 'spec', requestTimeoutMs: 10_000 });
  });
  afterEach(async () => {
    await connections.close();
    await broker.stop();
  });

  /** Whether the node knew what its broker speaks when the request was made. */
  const ask = async () => {
    let knew = false;
    const look = (node: Node) => {
      knew = node.versions !== null;
      throw new Error('it is only looked at');
    };
    await connections.request(broker.address, look).catch(() => undefined);
    return knew;
  };

  it('is used once the broker has said what it speaks (a service that asked twice at once did not start)', async () => {
    const said = Promise.withResolvers<void>();
    broker.speaksAfter = said.promise;
    const first = ask();
    await until(() => broker.asked === 1);
    const second = ask();
    said.resolve();
    expect(await Promise.all([first, second])).toEqual([true, true]);
    expect(broker.asked).toBe(1);
  });
});
