import { readdir, readFile } from 'node:fs/promises';
import { describe, expect, it } from '@jest/globals';
import { type GroupName, messageTypes, serviceOf } from '@atelier/eventing/domain';
import { tryUpcasters } from '@atelier/eventing/serde';
import { catalogue, contracts, groups } from './index.ts';
import { checkSchemas } from './evolution/check-schemas.ts';
import { readSchemas } from './generate/read-schemas.ts';

const sources = await readSchemas();
/** A handler of such a group would be refused at boot; it does not even compile. */
// @ts-expect-error there is no such group
export const misspelt: GroupName = 'orders.expire-ordr';

describe('the schemas', () => {
  it('pass npm run schemas:check, and the generated code is what they say', async () => {
    expect((await checkSchemas()).wrong).toEqual([]);
  });

  it('are compared with git anew each time: its history is no input of a cache (an edited version passed after its commit)', async () => {
    const manifest = await readFile(new URL('../package.json', import.meta.url), 'utf8');
    const { targets } = (JSON.parse(manifest) as { nx: { targets: Record<string, { cache?: boolean }> } }).nx;
    expect(targets['schemas']).toMatchObject({ cache: false });
  });

  it('has every message in the contract of its topic', () => {
    const inContracts = contracts.flatMap((contract) =>
      messageTypes(contract).map(({ topic, type, key }) => [contract.topic, topic, type as string, key]),
    );
    const inSchemas = sources.map(({ topic, type, key }) => [topic, topic, type, key]);
    expect(inContracts.sort()).toEqual(inSchemas.sort());
  });
});

describe('the upcasters', () => {
  it('take whatever their schemas allow, as the deployment asks of them', () => {
    expect(() => tryUpcasters(contracts)).not.toThrow();
  });

  it('have a spec each, beside them (one without was deployed)', async () => {
    const files = await readdir(new URL('upcasters/', import.meta.url), { recursive: true });
    const specs = files.filter((file) => file.endsWith('.spec.ts'));
    const upcasters = files.filter((file) => file.endsWith('.ts') && !file.endsWith('.spec.ts'));
    expect(specs.sort()).toEqual(upcasters.map((file) => file.replace(/\.ts$/, '.spec.ts')).sort());
  });
});

describe('the catalogue', () => {
  const names = catalogue.topics.map(({ name }) => name);

  it('has each topic once, and each group once', () => {
    expect(new Set(names).size).toBe(names.length);
    expect(new Set(groups.map(({ group }) => group)).size).toBe(groups.length);
  });

  it('has a folder in apps/ for the service of each group (its records waited for ever)', async () => {
    const services = await readdir(new URL('../../../apps', import.meta.url));
    const homeless = groups.filter((spec) => !services.includes(serviceOf(spec)));
    expect(homeless.map(({ group }) => `${group}: name its service in the catalogue`)).toEqual([]);
  });

  it('has the topic of every contract, and every topic that a group reads or gives up to', () => {
    const read = groups.flatMap(({ group, kind, topics }) =>
      topics.flatMap((topic) => [topic, ...(kind === 'delay' ? [] : [`${group}.${topic}.dlq`])]),
    );
    expect(names).toEqual(expect.arrayContaining([...contracts.map(({ topic }) => topic), ...read]));
  });

  it('keeps events, dead letters, what is parked, decisions about records and schemas forever', () => {
    const forever = catalogue.topics.filter(({ retentionMs }) => retentionMs === -1).map(({ name }) => name);
    expect(forever).toEqual(names.filter((name) => /\.(events|dlq|parked|decisions|registered)$/.test(name)));
  });

  it('co-partitions everything, what operators decide in one partition and all else in six', () => {
    const ofOperators =
      /(dead-letters|redrive-jobs|transactions)\.(commands|events)|^records\.decisions$|^schemas\.registered$/;
    const expected = names.map((name) => [name, ofOperators.test(name) ? 1 : 6]);
    expect(catalogue.topics.map(({ name, partitions }) => [name, partitions])).toEqual(expected);
  });
});
