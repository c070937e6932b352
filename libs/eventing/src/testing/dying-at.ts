import type { Failpoint, FailpointName } from '../engine/failpoints.ts';

/** Where a process kills itself: when it comes to this failpoint for the `nth` time, counted from 1. */
export interface Kill {
  readonly failpoint: FailpointName;
  readonly nth: number;
}

/** A failpoint that kills its own process, once it comes there so often. */
export function dyingAt(kill: Kill | undefined): Failpoint {
  let passed = 0;
  return async (name) => {
    if (name !== kill?.failpoint || ++passed < kill.nth) return;
    process.kill(process.pid, 'SIGKILL');
    await new Promise(() => undefined);
  };
}
