import type { Random } from '../../tools/random.ts';
import { until } from '../harness/waiting.ts';
import type { SinglePlatform } from '../harness/single-platform/single-platform.ts';

const victims = ['dead-letters-1', 'notifications-1', 'gateway-1', 'kafka-1'] as const;

/** Whom to kill, in turn: nobody again before everybody had its turn. */
export function* turns(random: Random): Generator<string, never> {
  for (;;) yield* random.some(victims.length, victims);
}

/** Kills with SIGKILL. Resolves when it runs again, ready or not. */
export async function killOnce(platform: SinglePlatform, name: string): Promise<void> {
  if (name.startsWith('kafka')) {
    await platform.stack.kill(name, 'SIGKILL');
    await platform.startPart(name);
    return;
  }
  const service = platform.service(name);
  await until(`${name} runs`, () => service.pid !== undefined);
  const { deaths } = service;
  await service.signal('SIGKILL');
  await until(`${name} runs again`, () => service.deaths > deaths && service.pid !== undefined);
}
