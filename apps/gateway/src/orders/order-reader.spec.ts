import { describe, expect, it } from '@jest/globals';
import { unavailable } from '../problem/problem.ts';
import { type Pipeline, deadLetterPipeline, orderPipeline } from '../read-model/barrier.ts';
import { OrderReader } from './order-reader.ts';

const orderId = '5b3f8c4e-0000-4000-8000-000000000000';

/** Nobody knows of any order, and this pipeline is late. */
function readerWith(late: Pipeline | undefined): OrderReader {
  const nobody = { find: async () => undefined, refuse: async () => undefined };
  const barrier = {
    caughtUp: async (pipeline: Pipeline) => {
      if (pipeline === late) throw unavailable('late');
    },
  };
  const parts = [nobody, { find: () => undefined }, {}, barrier, {}, nobody];
  return new OrderReader(...(parts as unknown as ConstructorParameters<typeof OrderReader>));
}

describe('an order that nobody knows', () => {
  it.each([
    ['when all has arrived', undefined, 404],
    ['when its own command or event may be on the way', orderPipeline, 503],
    ['when only dead letters are late', deadLetterPipeline, 404],
  ])('is answered %s', async (_, late, status) => {
    await expect(readerWith(late).get(orderId)).rejects.toMatchObject({ status });
  });
});
