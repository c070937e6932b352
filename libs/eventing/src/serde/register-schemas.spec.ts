import { expect, it } from '@jest/globals';
import { counters } from '../../fixtures/counters.ts';
import { contract, messageType } from '../domain/index.ts';
import { planRegistration, registerSchemas } from './register-schemas.ts';

const NOBODY = 'http://127.0.0.1:1';

it('a registry that is away is named (the deployment said no more than: fetch failed)', async () => {
  const registered = registerSchemas(NOBODY, counters().contracts, () => 'FULL_TRANSITIVE');
  await expect(registered).rejects.toMatchObject({
    code: 'REGISTRY_UNAVAILABLE',
    retryable: true,
    message: expect.stringMatching(
      /^The registry, asked for http:\/\/127\.0\.0\.1:1\/subjects\/.+, did not answer: /,
    ),
  });
});

it('a version that others cannot read is refused before a registry is asked', async () => {
  const schema = (...fields: readonly object[]) =>
    ({
      type: 'record',
      name: 'Placed',
      namespace: 'shop',
      fields: [{ name: 'id', type: 'string' }, ...fields],
    }) as const;
  const versions = [schema(), schema({ name: 'note', type: 'string' })];
  const Placed = messageType({ type: 'Placed', topic: 'shop.events', key: 'id', versions });
  const plan = planRegistration(NOBODY, [contract('shop.events', { Placed })], () => 'FULL_TRANSITIVE');
  await expect(plan).rejects.toMatchObject({
    code: 'REGISTRATION_FAILED',
    message:
      'No schema was registered. Placed.v2: note is new, and has no default (FULL_TRANSITIVE; replays, and state that is built from old events: v2 cannot read what v1 wrote)',
  });
});
