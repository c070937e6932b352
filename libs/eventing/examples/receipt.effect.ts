import { type Attempt, Effect, Perform } from '@atelier/eventing';
import { BikeReturned } from './contracts.ts';

/** Whatever sends texts to riders. One with the same key is sent once. */
export abstract class Texts {
  abstract send(riderId: string, text: string, key: string, signal: AbortSignal): Promise<void>;
}

/** Whenever a bike comes back, its rider is told. */
@Effect({ group: 'bikes.receipt', retry: { delays: ['10s', '5m'] } })
export class ReceiptEffect {
  constructor(private readonly texts: Texts) {}

  @Perform(BikeReturned)
  returned({ data }: BikeReturned, { idempotencyKey, signal }: Attempt): Promise<void> {
    return this.texts.send(
      data.riderId,
      `Thank you for bringing back ${data.bikeId}`,
      idempotencyKey,
      signal,
    );
  }
}
