import type { HeldRequest, KafkaRequest, KafkaRequests } from './kafka-requests.ts';

/** The first request that matches, at whichever relay it comes by: held there until somebody forwards it. */
export class FirstHeld {
  /** Undefined until it came. */
  request: HeldRequest | undefined;
  private waiting = true;

  constructor(relays: readonly KafkaRequests[], matches: (request: KafkaRequest) => boolean) {
    const first = (request: KafkaRequest) => {
      if (!this.waiting || !matches(request)) return false;
      this.waiting = false;
      return true;
    };
    for (const requests of relays)
      void requests.hold(first, { rest: 'flow' }).then((held) => (this.request = held));
  }

  /** Whatever has not come by yet passes. */
  stop(): void {
    this.waiting = false;
  }
}
