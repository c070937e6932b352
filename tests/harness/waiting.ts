import { setTimeout as sleep } from 'node:timers/promises';

/** No limit on the whole: it gives up what stands still. */
export { until } from '@atelier/local-stack';

/** How long a fault lasts: part of what is injected, not something that is waited for. */
export const lasting = (ms: number) => sleep(ms);
