import { upcast } from '@atelier/eventing/testing';
import { it } from '@jest/globals';
import { BikeLeft, BikeParked, PlacesEvents } from './places.contracts.ts';

it('a place that was one text has a street and a town', () => {
  upcast(PlacesEvents, BikeParked({ bikeId: 'red', place: 'Main Street, Springfield' })).gives(
    BikeLeft({ bikeId: 'red', street: 'Main Street', town: 'Springfield' }),
  );
});
