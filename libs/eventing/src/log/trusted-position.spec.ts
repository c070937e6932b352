import { describe, expect, it } from '@jest/globals';
import type { Log } from './log.ts';
import { PositionError } from './errors.ts';
import { refuseOutside, wholeEnd } from './trusted-position.ts';
import { systemClock } from '../time/system-clock.ts';

/** A log whose leader of then is asked until all brokers have said who leads; it may be that some never do. */
class FakeLog {
  /** Time passes when it is asked. */
  readonly clock = { ...systemClock, elapsed: () => this.confirmations.length * 4_000 };
  private readonly ends: { readonly then: bigint; readonly now: bigint };
  private confirmed = false;
  readonly confirmations: number[] = [];
  private readonly answers: () => boolean;

  constructor(ends: { then: bigint; now: bigint }, answers: () => boolean = () => true) {
    this.ends = ends;
    this.answers = answers;
  }

  async confirmLeaders(): Promise<boolean> {
    this.confirmations.push(this.clock.elapsed());
    this.confirmed = true;
    return this.answers();
  }

  async start(): Promise<bigint> {
    return 0n;
  }

  async end(): Promise<bigint> {
    return this.confirmed ? this.ends.now : this.ends.then;
  }

  stableEnd(): Promise<bigint> {
    return this.end();
  }

  get log(): Log {
    return this as unknown as Log;
  }
}

describe('positions', () => {
  it('are outside of a log at once when all brokers have said who leads', async () => {
    const fake = new FakeLog({ then: 3n, now: 3n });
    const refused = refuseOutside(fake.log, 'It stands at', 'orders', 0, 9n);
    await expect(refused).rejects.toThrow(PositionError);
    await expect(refused).rejects.toThrow('It stands at offset 9 of orders-0, but the log holds 0 to 3');
  });

  describe('where some broker does not answer', () => {
    const answers = () => false;

    it('are outside only when it stays so (one look at a broker that had been away stopped a partition for good)', async () => {
      const fake = new FakeLog({ then: 3n, now: 3n }, answers);
      await expect(refuseOutside(fake.log, 'It stands at', 'orders', 0, 9n)).rejects.toThrow(PositionError);
      const [first = 0] = fake.confirmations;
      expect((fake.confirmations.at(-1) ?? 0) - first).toBeGreaterThanOrEqual(11_000);
    });

    it('are inside as soon as the leader of now says so', async () => {
      await refuseOutside(new FakeLog({ then: 3n, now: 9n }, answers).log, 'It stands at', 'orders', 0, 9n);
    });
  });

  it('at the end of a log are told by the leader of now (marks and decisions behind an old end were passed over)', async () => {
    expect(await wholeEnd(new FakeLog({ then: 3n, now: 9n }).log, 'orders', 0)).toBe(9n);
  });
});
