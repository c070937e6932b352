import { Standstill } from '@atelier/local-stack';

/** Everybody in a run loses patience together: when no order has been settled for so long, however long all of them take. */
export class Patience {
  private readonly standstill: Standstill;
  private settled = 0;

  constructor(standstillMs: number) {
    this.standstill = new Standstill({ standstillMs, ceilingMs: Infinity });
  }

  /** Another order is settled. */
  renew(): void {
    this.settled++;
  }

  get isOver(): boolean {
    this.standstill.look(this.settled);
    return this.standstill.verdict !== undefined;
  }
}
