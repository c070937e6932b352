import { createApp } from '@atelier/boot';
import { describe, expect, it } from '@jest/globals';
import { deadLettersConfig } from './dead-letters.config.ts';
import { DeadLettersModule } from './dead-letters.module.ts';
import { FollowCanaryPolicy } from './follow-canary.policy.ts';

const settings = {
  SERVICE_INSTANCE: 'dead-letters-1',
  KAFKA_BROKERS: '127.0.0.1:1',
  REGISTRY_URL: 'http://127.0.0.1:1',
  HTTP_PORT: '0',
  STATE_DIR: '/nowhere',
};

describe('the service dead-letters', () => {
  it('is built from settings alone (its module read the environment, and ended the process without it)', async () => {
    const app = await createApp(DeadLettersModule.forRoot(deadLettersConfig(settings)), false);
    expect(app.get(FollowCanaryPolicy)).toBeInstanceOf(FollowCanaryPolicy);
  });
});
