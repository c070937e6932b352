import 'reflect-metadata';
import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { Injectable, Module, type Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { afterEach, describe, expect, it } from '@jest/globals';
import { listen } from './listen.ts';

@Injectable()
class Broken {
  onApplicationBootstrap(): void {
    throw new Error('the prices cannot be read');
  }
}

describe('a service that begins to listen', () => {
  let app: NestFastifyApplication;
  afterEach(() => app.close());

  async function start(port: number, ...providers: Type[]): Promise<void> {
    @Module({ providers })
    class Service {}
    app = await NestFactory.create(Service, new FastifyAdapter(), { logger: false, abortOnError: false });
    await listen(app, { http: { host: '127.0.0.1', port } });
  }

  it('tells what failed before as itself (it said that the port cannot be used)', async () => {
    await expect(start(0, Broken)).rejects.toThrow('the prices cannot be read');
  });

  it('says which port cannot be used', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    await expect(start(port)).rejects.toThrow(`HTTP_PORT ${port} at 127.0.0.1 cannot be used: give another`);
    server.close();
  });

  it('listens', async () => {
    await start(0);
    expect(await app.getUrl()).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
  });
});
