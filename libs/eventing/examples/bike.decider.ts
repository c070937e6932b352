import { decider } from '@atelier/eventing/domain';
import { BikeRented, BikeReturned, BikesCommands, BikesEvents, RentalRefused } from './contracts.ts';

/** One bike: nobody can rent it while somebody rides it. */
export const bike = decider<{ riderId?: string }>()({
  group: 'bikes.decider',
  version: 1,
  commands: BikesCommands,
  events: BikesEvents,
  initial: {},

  decide: {
    RentBike: ({ data }, { riderId }) => (riderId === undefined ? BikeRented(data) : RentalRefused(data)),
    ReturnBike: ({ data }, { riderId }) => (riderId === data.riderId ? BikeReturned(data) : []),
  },

  evolve: {
    BikeRented: (_, { data: { riderId } }) => ({ riderId }),
    BikeReturned: () => ({}),
    RentalRefused: (state) => state,
  },
});
