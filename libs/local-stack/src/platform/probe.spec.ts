import { describe, expect, it } from '@jest/globals';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { probe } from './probe.ts';

/** A gateway that answers everything alike. */
async function gatewayThat(status: number, body: object): Promise<{ server: Server; url: string }> {
  const server = createServer((_, response) => response.writeHead(status).end(JSON.stringify(body)));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { server, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
}

describe('the probe order', () => {
  it('that is answered with 500 says in which log to look (it named none)', async () => {
    const { server, url } = await gatewayThat(500, { detail: 'Something went wrong here' });
    const probing = probe({ gateway: url, mailUrl: url }, new AbortController().signal);
    await expect(probing).rejects.toThrow(
      /answered with 500, not with 201 and confirmed: see gateway-1\.log\. Its answer is .*Something went wrong/,
    );
    server.close();
  });
});
