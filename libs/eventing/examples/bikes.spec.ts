import 'reflect-metadata';
import { given, runGroup, SpecBroker } from '@atelier/eventing/testing';
import { expect, it } from '@jest/globals';
import { bike } from './bike.decider.ts';
import {
  BikeRented,
  BikeReturned,
  contracts,
  InspectBike,
  RentalRefused,
  RentBike,
  ReturnBike,
} from './contracts.ts';
import { InspectBikePolicy } from './inspect-bike.policy.ts';
import { ReceiptEffect } from './receipt.effect.ts';

it('a bike that somebody rides is not rented', () => {
  const [ada, bob] = ['ada', 'bob'].map((riderId) => ({ bikeId: 'red', riderId })) as [never, never];
  expect(given(bike, [BikeRented(ada)]).when(RentBike(bob))).toEqual([RentalRefused(bob)]);
});

it('a bike that comes back is inspected, and its rider is told once', async () => {
  const sent: string[] = [];
  const texts = { send: async (riderId: string, text: string) => void sent.push(`${riderId}: ${text}`) };
  const broker = new SpecBroker(contracts);
  const handlers = [bike, new InspectBikePolicy(), new ReceiptEffect(texts)];
  const groups = await Promise.all(handlers.map((handler) => runGroup(handler, { broker })));

  await broker.publish(RentBike({ bikeId: 'red', riderId: 'ada' }));
  await broker.publish(ReturnBike({ bikeId: 'red', riderId: 'ada' }));
  await broker.idle();

  expect(broker.sent(BikeReturned)).toHaveLength(1);
  expect(broker.sent(InspectBike)).toMatchObject([{ data: { bikeId: 'red' } }]);
  expect(sent).toEqual(['ada: Thank you for bringing back red']);
  await Promise.all(groups.map((group) => group.stop()));
});
