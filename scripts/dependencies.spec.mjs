import { expect, it } from '@jest/globals';
import { besideWorkspaces } from './dependencies.mjs';

it('packages beside a workspace are looked for: a copy of node_modules alone does not have them', () => {
  const packages = {
    '': {},
    'apps/gateway': {},
    'apps/gateway/node_modules/content-type': {},
    'apps/gateway/node_modules/for-macos': { optional: true },
    'node_modules/@atelier/gateway': { link: true },
    'node_modules/ajv': {},
    'node_modules/fastify/node_modules/ajv': {},
  };
  expect(besideWorkspaces(packages)).toEqual(['apps/gateway/node_modules/content-type']);
});
