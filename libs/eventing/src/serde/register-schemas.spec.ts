import { expect, it } from '@jest/globals';
import { counters } from '../../fixtures/counters.ts';
import { registerSchemas } from './register-schemas.ts';

it('a registry that is away is named (the deployment said no more than: fetch failed)', async () => {
  const registered = registerSchemas('http://127.0.0.1:1', counters().contracts, () => 'FULL_TRANSITIVE');
  await expect(registered).rejects.toMatchObject({
    code: 'REGISTRY_UNAVAILABLE',
    retryable: true,
    message: expect.stringMatching(
      /^The registry, asked for http:\/\/127\.0\.0\.1:1\/subjects\/.+, did not answer: /,
    ),
  });
});
