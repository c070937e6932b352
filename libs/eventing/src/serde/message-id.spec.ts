import { describe, expect, it } from '@jest/globals';
import { v5 } from 'uuid';
import { seeded } from '../time/seeded.ts';
import { derivedId } from './message-id.ts';

const NAMESPACE = '6f1d2ad2-b5c4-527e-9d0b-53c1a3a7e3f4';

describe('the id of a message that another one caused', () => {
  // Of the code before `uuid` did it: ids that are in logs, and are recognised by them.
  it.each([
    ['5f6b3f5e-9f0e-4f53-8c4b-0a2f9c1f3d11', 'reserve-stock', 0, '883fecf2-eab5-5f52-815b-547b23b94829'],
    ['x/orders.events-3@42', 'failure', 0, 'cf26b173-363c-5724-a187-5a58b150e4a8'],
    ['order-ü', '', 7, '63bb2341-33ea-5b4a-8fb9-f4097a2676df'],
    ['', 'p', 123456, '390af3cc-a760-52ca-b54b-02ee8efa4931'],
  ])('%s, %s, %d is the same from release to release', (causationId, purpose, index, id) => {
    expect(derivedId(causationId, purpose, index)).toBe(id);
  });

  it('is what `uuid` makes of the same name, whatever the digits of the hash are', () => {
    const random = seeded(1);
    for (let index = 0; index < 500; index++) {
      const cause = `${random()} ☂ ${'ä'.repeat(index % 70)}`;
      expect(derivedId(cause, 'p', index)).toBe(v5(`${cause}/p/${index}`, NAMESPACE));
    }
  });
});
