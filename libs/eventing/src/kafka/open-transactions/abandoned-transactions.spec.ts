import { describe, expect, it } from '@jest/globals';
import { endAbandoned, expel } from './abandoned-transactions.ts';
import type { KafkaClient } from '../client/client.ts';
import { KafkaCluster } from '../kafka-cluster.ts';
import { protocolError } from '../client/kafkajs.ts';

const GROUP_AUTHORIZATION_FAILED = 30;
const TRANSACTIONAL_ID_AUTHORIZATION_FAILED = 53;

/** One broker, on which `service/gone` has something open. Each request may be refused. */
function clientThat(refusals: Readonly<Record<string, number>>) {
  const answer = (api: string) => {
    if (refusals[api] !== undefined) throw protocolError(refusals[api]);
    return api === 'ListTransactions' ? [{ producerId: 1n, transactionalId: 'service/gone/2' }] : [];
  };
  const siblings: string[] = [];
  const client = {
    brokerIds: async () => [1],
    coordinator: async () => 1,
    exchange: async (_: number, { request }: { request: { apiName: string } }) => answer(request.apiName),
    call: async (_: number, api: string) => answer(api),
    sibling: (name: string) => {
      siblings.push(name);
      return client;
    },
  };
  return { client: client as unknown as KafkaClient, siblings };
}

describe('what was abandoned', () => {
  it.each([
    ['DescribeGroups', GROUP_AUTHORIZATION_FAILED, 'DESCRIBE on the group orders'],
    ['InitProducerId', TRANSACTIONAL_ID_AUTHORIZATION_FAILED, 'WRITE on the transactional id service/gone/2'],
  ])('is not ended without a right, which is named: %s', async (api, code, right) => {
    const { client } = clientThat({ [api]: code });
    await expect(endAbandoned(client, 'service', ['orders'])).rejects.toMatchObject({
      code: expect.stringMatching('AUTHORIZATION_FAILED'),
      message: expect.stringContaining(`${right} is missing`),
    });
  });

  it('under an id of the version before, too', async () => {
    const { client } = clientThat({ DescribeTransactions: TRANSACTIONAL_ID_AUTHORIZATION_FAILED });
    await expect(expel(client, 'orders.topic.0')).rejects.toMatchObject({
      message: expect.stringContaining('DESCRIBE on the transactional id orders.topic.0 is missing'),
    });
  });

  it('is asked for over a connection of its own: the producer does not wait behind a broker that is away', async () => {
    const { client, siblings } = clientThat({ ListTransactions: GROUP_AUTHORIZATION_FAILED });
    const cluster = new KafkaCluster(client);
    await cluster.endAbandoned('service', ['orders']);
    await cluster.expel('orders.topic.0');
    expect(siblings).toEqual(['abandoned']);
  });
});
