import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CommandPublisher } from '@atelier/eventing';
import { afterAll, beforeAll, it } from '@jest/globals';
import type { INestApplication } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { sql } from 'kysely';
import { until } from '../fixtures/scratch-broker.ts';
import { scratchReadModel } from '../fixtures/scratch-read-model.ts';
import { BikesModule, startEventing } from './bikes.module.ts';
import { RentBike, ReturnBike } from './contracts.ts';
import { deployBikes } from './deploy.ts';

const brokers = (process.env['KAFKA_BROKERS'] ?? '').split(',');
const registryUrl = process.env['REGISTRY_URL'] ?? '';
const stateDir = mkdtempSync(join(tmpdir(), 'atelier-bikes-'));
const sent: string[] = [];
const texts = { send: async (riderId: string) => void sent.push(riderId) };
let model: Awaited<ReturnType<typeof scratchReadModel>>;
let app: INestApplication;

beforeAll(async () => {
  model = await scratchReadModel();
  await deployBikes(brokers, registryUrl, model.database);
  const config = { kafka: { brokers }, registryUrl, databaseUrl: model.url, stateDir, texts };
  app = await NestFactory.create(BikesModule.forRoot(config), new FastifyAdapter(), {
    logger: false,
    abortOnError: false,
  });
  await startEventing(app);
});
afterAll(async () => {
  await app?.close();
  await model?.drop();
  rmSync(stateDir, { recursive: true, force: true });
});

it('the service of the README runs: commands in, rows and texts out', async () => {
  const publisher = app.get(CommandPublisher);
  const ride = { bikeId: 'red', riderId: 'ada' };
  await publisher.publish(RentBike(ride), { id: 'rent-1' });
  await publisher.publish(ReturnBike(ride), { id: 'return-1' });
  await until(async () => sent.includes('ada'));
  const riders = async () => (await sql`select rider_id from bikes`.execute(model.database)).rows;
  await until(async () => JSON.stringify(await riders()) === '[{"rider_id":null}]');
});
