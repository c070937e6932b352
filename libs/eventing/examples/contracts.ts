import { type AvroSchema, contract, type Message, messageType } from '@atelier/eventing/domain';

/** Each message has one schema for each of its versions; all of these have one version. */
const versions = (name: string, ...fields: readonly string[]): readonly AvroSchema[] => [
  { type: 'record', name, fields: fields.map((field) => ({ name: field, type: 'string' })) },
];

type Bike<Type extends string> = Message<Type, { bikeId: string; riderId: string }>;
export type RentBike = Bike<'RentBike'>;
export type ReturnBike = Bike<'ReturnBike'>;
export type BikeRented = Bike<'BikeRented'>;
export type BikeReturned = Bike<'BikeReturned'>;
export type RentalRefused = Bike<'RentalRefused'>;
export type InspectBike = Message<'InspectBike', { bikeId: string }>;

const bike = <M extends Bike<string>>(type: M['type'], topic: string) =>
  messageType<M>({ type, topic, key: 'bikeId', versions: versions(type, 'bikeId', 'riderId') });

export const RentBike = bike<RentBike>('RentBike', 'bikes.commands');
export const ReturnBike = bike<ReturnBike>('ReturnBike', 'bikes.commands');
export const BikeRented = bike<BikeRented>('BikeRented', 'bikes.events');
export const BikeReturned = bike<BikeReturned>('BikeReturned', 'bikes.events');
export const RentalRefused = bike<RentalRefused>('RentalRefused', 'bikes.events');
export const InspectBike = messageType<InspectBike>({
  type: 'InspectBike',
  topic: 'workshop.commands',
  key: 'bikeId',
  versions: versions('InspectBike', 'bikeId'),
});

export const BikesCommands = contract('bikes.commands', { RentBike, ReturnBike });
export const BikesEvents = contract('bikes.events', { BikeRented, BikeReturned, RentalRefused });
export const WorkshopCommands = contract('workshop.commands', { InspectBike });
export const contracts = [BikesCommands, BikesEvents, WorkshopCommands];
