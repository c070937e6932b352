import type { Broken } from '../../harness/checks/liveness.ts';

/** When something was broken: so much so that nothing may have been settled. */
export class BrokenTimes {
  readonly all: Broken[] = [];

  /** From here until this work has mended it, or has failed to. */
  async during<T>(what: string, work: () => Promise<T>): Promise<T> {
    const from = Date.now();
    try {
      return await work();
    } finally {
      this.all.push({ what, from, to: Date.now() });
    }
  }
}
