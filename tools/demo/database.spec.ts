import { once } from 'node:events';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { setImmediate as turn } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { sql } from 'kysely';
import { databaseAt } from './database.ts';

/** AuthenticationOk and ReadyForQuery (PostgreSQL's protocol 3.0): enough to be connected. */
const welcome = Buffer.from([...'R\0\0\0\x08\0\0\0\0', ...'Z\0\0\0\x05I'].join(''), 'latin1');

describe('a connection to the database that is cut (it had ended the demo)', () => {
  let server: Server;
  let url: string;
  const accepted: Socket[] = [];
  const uncaught: unknown[] = [];
  const note = (error: unknown) => void uncaught.push(error);

  beforeEach(async () => {
    process.on('uncaughtException', note);
    server = createServer((socket) => {
      accepted.push(socket.on('error', () => undefined));
      socket.once('data', () => socket.write(welcome));
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    url = `postgres://demo@127.0.0.1:${(server.address() as AddressInfo).port}/demo`;
  });

  afterEach(() => {
    process.off('uncaughtException', note);
    for (const socket of accepted) socket.destroy();
    server.close();
  });

  it('is replaced, whether it was idle or in use', async () => {
    const database = databaseAt(url);
    const connect = () => database.connection().execute(async () => undefined);
    /** Connects until it is by another connection. */
    const replaced = async () => {
      for (const { length } = accepted; accepted.length === length; await turn()) await connect();
    };
    await connect();
    accepted.at(-1)?.resetAndDestroy();
    await replaced();
    await database.connection().execute(async (connection) => {
      accepted.at(-1)?.resetAndDestroy();
      await expect(sql`select 1`.execute(connection)).rejects.toThrow();
    });
    await replaced();
    await database.destroy();
    expect(uncaught).toEqual([]);
  });
});
