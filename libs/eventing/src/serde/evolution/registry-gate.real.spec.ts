import { describe, expect, it } from '@jest/globals';
import { schemaChanges, type SchemaChange, type Verdict } from '../../../fixtures/schema-changes.ts';
import { scratchName } from '../../../fixtures/until.ts';
import { type AvroSchema, contract, messageType } from '../../domain/index.ts';
import { planRegistration, registerSchemas } from '../register-schemas.ts';
import { planRestoration } from './lost-schemas.ts';
import { Subjects } from './subjects.ts';

const url = process.env['REGISTRY_URL'] ?? '';
const subjects = new Subjects(url);

describe('the two gates', () => {
  /** By the registry: the strictest level that allows it. */
  async function verdict({ older, newer }: SchemaChange): Promise<Verdict> {
    const subject = scratchName('gate');
    await subjects.register(subject, JSON.stringify(older));
    const allows = async (level: string) => {
      await subjects.setLevel(subject, level);
      return (await subjects.refusal(subject, JSON.stringify(newer))) === undefined;
    };
    if (await allows('FULL_TRANSITIVE')) return 'FULL';
    if (await allows('BACKWARD_TRANSITIVE')) return 'BACKWARD';
    return (await allows('FORWARD_TRANSITIVE')) ? 'FORWARD' : 'NONE';
  }

  it('say the same of each change, but for what is named', async () => {
    const rows = schemaChanges.values();
    const found = new Map<string, Verdict>();
    const some = async () => {
      for (const change of rows) found.set(change.what, await verdict(change));
    };
    await Promise.all(Array.from({ length: 8 }, some));
    const expected = schemaChanges.map((change) => [change.what, change.registry?.[0] ?? change.verdict]);
    expect(Object.fromEntries(found)).toEqual(Object.fromEntries(expected));
  });

  it('ours lets nothing pass that the registry refuses', () => {
    const allowed: Record<Verdict, readonly Verdict[]> = {
      FULL: ['FULL'],
      BACKWARD: ['BACKWARD', 'FULL'],
      FORWARD: ['FORWARD', 'FULL'],
      NONE: ['NONE', 'BACKWARD', 'FORWARD', 'FULL'],
    };
    for (const { verdict, registry } of schemaChanges)
      if (registry) expect(allowed[verdict]).toContain(registry[0]);
  });
});

const id = { name: 'id', type: 'string' };
const note = (type: string, fallback: unknown) => ({ name: 'note', type, default: fallback });

/** Messages of a topic of its own, each by its versions. */
function messages(topic: string, types: Record<string, readonly AvroSchema[]>) {
  const all = Object.entries(types).map(([type, versions]) => [
    type,
    messageType({ type, topic, key: 'id', versions }),
  ]);
  return [contract(topic, Object.fromEntries(all) as Record<string, ReturnType<typeof messageType>>)];
}

function scratch() {
  const topic = `${scratchName('shop')}.events`;
  const namespace = topic.replaceAll(/[-.]/g, '_');
  const schema = (name: string, ...fields: readonly object[]): AvroSchema => ({
    type: 'record',
    name,
    namespace,
    fields: [id, ...fields],
  });
  const subject = (name: string) => `${topic}-${namespace}.${name}`;
  const deploy = (types: Record<string, readonly AvroSchema[]>) =>
    registerSchemas(url, messages(topic, types), () => 'FULL_TRANSITIVE');
  return { topic, schema, subject, deploy };
}

describe('a deployment', () => {
  it('registers nothing while the registry refuses one of its schemas (those before it were registered)', async () => {
    const { schema, subject, deploy } = scratch();
    // What the contracts do not have any more: only the registry can compare with it.
    const [first, second] = [schema('Placed', note('int', 0)), schema('Placed')];
    for (const version of [first, second])
      await subjects.register(subject('Placed'), JSON.stringify(version));
    const third = schema('Placed', note('string', ''));
    await expect(deploy({ Added: [schema('Added')], Placed: [second, third] })).rejects.toMatchObject({
      code: 'REGISTRATION_FAILED',
      message: expect.stringMatching(
        /^No schema was registered\. Placed\.v2 is refused by the registry \(\S+Placed, FULL_TRANSITIVE\): /,
      ),
    });
    expect(await subjects.newest(subject('Added'))).toBeUndefined();
    expect(await subjects.newest(subject('Placed'))).toMatchObject({ version: 2 });
  });

  it('registers nothing where a released version was edited, even if everybody could read it', async () => {
    const { schema, subject, deploy } = scratch();
    const [first, second] = [schema('Placed'), schema('Placed', note('string', ''))];
    await deploy({ Placed: [first] });
    const edited = schema('Placed', note('int', 0));
    await expect(deploy({ Added: [schema('Added')], Placed: [edited] })).rejects.toThrow(
      `Placed.v1 is not what was released: version 1 of the registry's ${subject('Placed')} is none of these contracts'. A released version is not edited: put it back as it was released, and make what has changed the next version; if somebody else has released it, take it over first`,
    );
    await deploy({ Placed: [first, second] });
    await expect(
      deploy({ Placed: [{ ...first, fields: [id, { ...id, name: 'x', default: '' }] }, second] }),
    ).rejects.toThrow(`has Placed.v2, but not Placed.v1`);
    expect(await subjects.newest(subject('Added'))).toBeUndefined();
    expect(await subjects.newest(subject('Placed'))).toMatchObject({ version: 2 });
  });

  it('may be that of an earlier release, and of one that has only described a version otherwise', async () => {
    const { schema, deploy } = scratch();
    const [first, second] = [schema('Placed'), schema('Placed', note('string', ''))];
    const both = await deploy({ Placed: [first, second] });
    expect(both.map(({ version }) => version)).toEqual([1, 2]);
    expect(await deploy({ Placed: [first] })).toEqual(both.slice(0, 1));
    const described = { ...second, doc: 'An order.' };
    expect((await deploy({ Placed: [first, described] })).map(({ version }) => version)).toEqual([1, 3]);
  });
});

describe('a registry that has lost its schemas', () => {
  /** As it was remembered: under ids that nothing has here for a long time. */
  async function remembered() {
    const { topic, schema, subject } = scratch();
    const base =
      100_000 + (await subjects.register(scratchName('highest'), JSON.stringify(schema('Any')))).id;
    const types = {
      Placed: [schema('Placed'), schema('Placed', note('string', ''))],
      Added: [schema('Added')],
    };
    const versions = Object.entries(types).flatMap(([name, all]) =>
      all.map((json, n) => ({ subject: subject(name), version: n + 1, schema: JSON.stringify(json) })),
    );
    return {
      contracts: messages(topic, types),
      versions: versions.map((one, n) => ({ ...one, id: base + 2 * n })),
    };
  }

  it('gets them back under their ids, and what comes then gets others (records named other schemas)', async () => {
    const { contracts, versions } = await remembered();
    const plan = () => planRegistration(url, contracts, () => 'FULL_TRANSITIVE', versions);
    const planned = await plan();
    expect(planned.restored).toBe(3);
    expect((await plan()).restored).toBe(3);
    expect(await planned.register()).toEqual(expect.arrayContaining([...versions]));
    expect((await plan()).restored).toBe(0);
    const { id: next } = await subjects.register(
      scratchName('next'),
      versions[0]?.schema.replace('"id"', '"other"') ?? '',
    );
    expect(next).toBeGreaterThan(Math.max(...versions.map((version) => version.id)));
  });

  it('and has given them other ids since, is refused with what to do', async () => {
    const { contracts, versions } = await remembered();
    await (await planRegistration(url, contracts, () => 'FULL_TRANSITIVE')).register();
    await expect(planRestoration(url, versions)).rejects.toThrow(
      /^The registry \S+ has lost schemas, or is another one: \S+Placed version 1, whose records have id \d+, has id \d+; .+ Nothing was registered\. Restore its backup; or make it empty and deploy again, and it gets all of them back with their ids$/,
    );
  });

  it('but only some of a subject, is refused: an import would not add to it', async () => {
    const { versions } = await remembered();
    await subjects.register(versions[0]?.subject ?? '', versions[0]?.schema ?? '');
    await expect(planRestoration(url, versions.slice(1))).rejects.toThrow('is missing, beside others');
  });
});
