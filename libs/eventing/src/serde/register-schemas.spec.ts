import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';
import { afterEach, expect, it } from '@jest/globals';
import { counters } from '../../fixtures/counters.ts';
import { contract, messageType } from '../domain/index.ts';
import { planRegistration, registerSchemas, type RegisteredVersion } from './register-schemas.ts';

const NOBODY = 'http://127.0.0.1:1';

it('a registry that is away is named (the deployment said no more than: fetch failed)', async () => {
  const registered = registerSchemas(NOBODY, counters().contracts, () => 'FULL_TRANSITIVE');
  await expect(registered).rejects.toMatchObject({
    code: 'REGISTRY_UNAVAILABLE',
    retryable: true,
    message: expect.stringMatching(
      /^The registry, asked for http:\/\/127\.0\.0\.1:1\/subjects\/.+, did not answer: /,
    ),
  });
});

it('a version that others cannot read is refused before a registry is asked', async () => {
  const schema = (...fields: readonly object[]) =>
    ({
      type: 'record',
      name: 'Placed',
      namespace: 'shop',
      fields: [{ name: 'id', type: 'string' }, ...fields],
    }) as const;
  const versions = [schema(), schema({ name: 'note', type: 'string' })];
  const Placed = messageType({ type: 'Placed', topic: 'shop.events', key: 'id', versions });
  const plan = planRegistration(NOBODY, [contract('shop.events', { Placed })], () => 'FULL_TRANSITIVE');
  await expect(plan).rejects.toMatchObject({
    code: 'REGISTRATION_FAILED',
    message:
      'No schema was registered. Placed.v2: note is new, and has no default (FULL_TRANSITIVE; replays, and state that is built from old events: v2 cannot read what v1 wrote)',
  });
});

const registry = createServer();
afterEach(() => {
  registry.removeAllListeners('request').closeAllConnections();
  registry.close();
});

const record = (name: string, ...fields: readonly object[]) =>
  ({
    type: 'record',
    name,
    namespace: 'shop',
    fields: [{ name: 'id', type: 'string' }, ...fields],
  }) as const;
const optional = (name: string) => ({ name, type: 'string', default: '' });
const level = () => 'FULL_TRANSITIVE' as const;
const contractOf = (name: string, ...versions: readonly ReturnType<typeof record>[]) =>
  contract('shop.events', { [name]: messageType({ type: name, topic: 'shop.events', key: 'id', versions }) });

/**
 * A registry that has these schemas by subject; the answer has what it was told to change. It refuses one schema, and does not answer
 * to one change.
 */
async function registryWith(
  has: Record<string, string | readonly string[]>,
  lost: readonly RegisteredVersion[] = [],
  { refused = '', away = '' } = {},
) {
  const kept = new Map(
    Object.entries(has).map(([name, schema]) => [`shop.events-shop.${name}`, [schema].flat()]),
  );
  const changes: string[] = [];
  const answer = async (request: IncomingMessage): Promise<[number, object] | 'nothing'> => {
    const [path, at = '', subject = ''] =
      /^\/apis\/ccompat\/v7\/(\w+)\/([^/]+)/.exec(request.url ?? '') ?? [];
    const schemas = kept.get(subject) ?? [];
    const version = (n: number): [number, object] =>
      n > 0
        ? [200, { version: n, id: n, schema: schemas[n - 1] }]
        : [404, { error_code: at === 'config' ? 40408 : 40401 }];
    if (at === 'compatibility') return [200, { is_compatible: true }];
    if (request.method === 'GET') return version(at === 'subjects' ? schemas.length : 0);
    const { schema = '' } = path ? ((await json(request)) as { schema?: string }) : {};
    if (at === 'subjects' && !request.url?.endsWith('/versions')) return version(schemas.indexOf(schema) + 1);
    const change = path ? `${at} ${subject}` : 'import';
    changes.push(change);
    if (change === away) return 'nothing';
    if (!path) for (const each of lost) kept.set(each.subject, [each.schema]);
    if (at === 'subjects' && schema === refused) return [409, { message: 'incompatible' }];
    if (at === 'subjects' && !schemas.includes(schema)) kept.set(subject, [...schemas, schema]);
    return [200, {}];
  };
  registry.on('request', (request, response) => {
    void answer(request).then((given) => {
      if (given === 'nothing') return request.destroy();
      const [status, body] = given;
      return response.writeHead(status).end(JSON.stringify(body));
    });
  });
  registry.listen(0, '127.0.0.1');
  await once(registry, 'listening');
  return { url: `http://127.0.0.1:${(registry.address() as AddressInfo).port}/apis/ccompat/v7`, changes };
}

const [placed, added] = [record('Placed'), record('Added')];
const lost = [{ subject: 'shop.events-shop.Added', version: 1, schema: JSON.stringify(added), id: 1 }];

it('while something is refused, nothing is put back and no level is set (both were, before)', async () => {
  const { url, changes } = await registryWith({ Placed: JSON.stringify(placed) }, lost);
  const edited = [contractOf('Placed', record('Placed', optional('note'))), contractOf('Added', added)];
  await expect(planRegistration(url, edited, level, lost)).rejects.toThrow(
    /^No schema was registered. Placed.v1 is not what was released/,
  );
  expect(changes).toEqual([]);
});

it('what is lost is put back when schemas are registered, and what the registry then refuses is said so', async () => {
  const { url, changes } = await registryWith({}, lost);
  const edited = record('Added', optional('note'));
  const [good, bad] = await Promise.all(
    [added, edited].map((schema) => planRegistration(url, [contractOf('Added', schema)], level, lost)),
  );
  expect([good?.restored, changes]).toEqual([1, []]);
  await expect(bad?.register()).rejects.toThrow(
    /^No new schema was registered; 1 that were lost are back. Added.v1 is not what was released/,
  );
  expect(changes).toEqual(['import']);
  expect(await good?.register()).toMatchObject(lost);
});

it('a version that is refused behind one that was registered just now does not say that none was', async () => {
  const versions = [placed, record('Placed', optional('a')), record('Placed', optional('a'), optional('b'))];
  const { url, changes } = await registryWith({ Placed: JSON.stringify(placed) }, [], {
    refused: JSON.stringify(versions[2]),
  });
  await expect(registerSchemas(url, [contractOf('Placed', ...versions)], level)).rejects.toThrow(
    /409 .*incompatible.*\. Others may be registered by now, and stay: /,
  );
  expect(changes.filter((change) => change.startsWith('subjects'))).toHaveLength(2);
});

it('a registry that goes away in the middle does not say that nothing was registered', async () => {
  const { url, changes } = await registryWith({}, [], { away: 'subjects shop.events-shop.Placed' });
  const contracts = [contractOf('Added', added), contractOf('Placed', placed)];
  await expect(registerSchemas(url, contracts, level)).rejects.toMatchObject({
    code: 'REGISTRY_UNAVAILABLE',
    message: expect.stringMatching(
      /did not answer: .+\. Others may be registered by now, and stay: deploy again once it answers$/,
    ),
  });
  expect(changes).toContain('subjects shop.events-shop.Added');
});

it('one that goes away while it gets back what it lost says that no new schema was registered', async () => {
  const { url } = await registryWith({}, lost, { away: 'import' });
  const planned = await planRegistration(url, [contractOf('Added', added)], level, lost);
  await expect(planned.register()).rejects.toMatchObject({
    code: 'REGISTRY_UNAVAILABLE',
    message: expect.stringMatching(
      /did not answer: .+\. No new schema was registered; 1 that were lost may be back by now: deploy again once it answers$/,
    ),
  });
});

it('a `doc` that has changed is let pass in the newest version alone: behind it, it is an edit like any other', async () => {
  const [first, second] = [placed, record('Placed', optional('note'))];
  const { url } = await registryWith({ Placed: [first, second].map((one) => JSON.stringify(one)) });
  const described = (schema: object) => ({ ...schema, doc: 'An order.' }) as unknown as typeof placed;
  const plan = (...versions: readonly (typeof placed)[]) =>
    planRegistration(url, [contractOf('Placed', ...versions)], level);
  await expect(plan(first, described(second))).resolves.toMatchObject({ restored: 0 });
  await expect(plan(described(first), second)).rejects.toThrow(
    "Placed.v1 is not what was released: the registry's shop.events-shop.Placed has Placed.v2, but not Placed.v1",
  );
});
