import { describe, expect, it } from '@jest/globals';
import { createServer, type AddressInfo } from 'node:net';
import { chosenPort, freePort, isFree } from './ports.ts';

async function takenPort<T>(use: (port: number) => Promise<T>): Promise<T> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  try {
    return await use((server.address() as AddressInfo).port);
  } finally {
    await new Promise((resolve) => server.close(resolve));
  }
}

describe('ports', () => {
  it('finds free ones, each once', async () => {
    const ports = await Promise.all(Array.from({ length: 20 }, freePort));
    expect(new Set(ports).size).toBe(20);
    expect(await Promise.all(ports.map(isFree))).not.toContain(false);
  });

  it('refuses a chosen port that is taken, naming it and its variable', async () => {
    await takenPort(async (port) => {
      await expect(chosenPort(port, 'MAIL_PORT')).rejects.toThrow(
        `Port ${port} is taken by another program: stop that program, or choose another port with the variable MAIL_PORT.`,
      );
    });
  });

  it('takes a chosen port that is free', async () => {
    const port = await freePort();
    expect(await chosenPort(port, 'MAIL_PORT')).toBe(port);
  });
});
