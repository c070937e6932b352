import { Policy, Whenever } from '@atelier/eventing';
import { BikeReturned, InspectBike } from './contracts.ts';

/** Whenever a bike comes back, the workshop looks at it. */
@Policy({ group: 'bikes.inspect' })
export class InspectBikePolicy {
  @Whenever(BikeReturned)
  inspect({ data: { bikeId } }: BikeReturned) {
    return InspectBike({ bikeId });
  }
}
