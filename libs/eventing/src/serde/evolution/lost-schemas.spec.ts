import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, it } from '@jest/globals';
import { planRestoration } from './lost-schemas.ts';

it('a registry that cannot be told ids, and has lost its schemas, is refused with what to do', async () => {
  const methods: unknown[] = [];
  const empty = createServer((request, response) => {
    methods.push(request.method);
    response.writeHead(404).end(JSON.stringify({ error_code: 40401, message: 'Subject not found.' }));
  });
  empty.listen(0, '127.0.0.1');
  await once(empty, 'listening');
  const url = `http://127.0.0.1:${(empty.address() as AddressInfo).port}`;
  const remembered = [{ subject: 'shop.events-shop.Placed', version: 1, schema: '{}', id: 7 }];
  await expect(planRestoration(url, remembered)).rejects.toThrow(
    `The registry ${url} has lost 1 schemas, shop.events-shop.Placed version 1 among them. Nothing was registered, as they would get other ids than those in the records. Restore its backup, or register them with their ids in its mode IMPORT: the topic schemas.registered has both`,
  );
  expect(methods).toEqual(['POST', 'GET', 'GET']);
  expect(await planRestoration(url, [])).toMatchObject({ lost: 0 });
  empty.closeAllConnections();
  empty.close();
});
