import { type AvroSchema, contract, type Message, messageType, upcaster } from '@atelier/eventing/domain';

const schema = (name: string, ...fields: readonly string[]): AvroSchema => ({
  type: 'record',
  name,
  fields: fields.map((field) => ({ name: field, type: 'string' })),
});

/** A place was one text once. */
export type BikeParked = Message<'BikeParked', { bikeId: string; place: string }>;
export type BikeLeft = Message<'BikeLeft', { bikeId: string; street: string; town: string }>;

export const BikeParked = messageType<BikeParked>({
  type: 'BikeParked',
  topic: 'places.events',
  key: 'bikeId',
  versions: [schema('BikeParked', 'bikeId', 'place')],
});
export const BikeLeft = messageType<BikeLeft>({
  type: 'BikeLeft',
  topic: 'places.events',
  key: 'bikeId',
  versions: [schema('BikeLeft', 'bikeId', 'street', 'town')],
});

export const bikeLeft = upcaster(BikeParked, BikeLeft, ({ data: { bikeId, place } }) => {
  const [street = '', town = ''] = place.split(', ');
  return BikeLeft({ bikeId, street, town });
});

export const PlacesEvents = contract('places.events', { BikeLeft }, [bikeLeft]);
