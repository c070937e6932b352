import { expect, it } from '@jest/globals';
import type { Stack } from '../start-stack.ts';
import { readPlatformConfig } from './platform.config.ts';
import { environment } from './services.ts';

const stack = { kafka: { bootstrap: '' }, smtp: {} } as Stack;

it("opens the operators' routes of a gateway that only this machine reaches", () => {
  expect(environment(readPlatformConfig({}), stack, 'gateway-1', 8080)).toMatchObject({
    OPERATORS: 'open',
    HTTP_HOST: '127.0.0.1',
  });
});
