import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { groups } from '@atelier/contracts';
import { messageTypes } from '@atelier/eventing/domain';
import { checkText } from './checked.ts';
import { deciders } from './deciders.ts';
import { RECORDED } from './options.ts';
import { report } from './report.ts';

const told = {
  placeOf: ({ offset }: { readonly offset: bigint }) => `${RECORDED}:${offset}`,
  most: 3,
  ifMeant: 'record again with `npm run history:record`',
};

/** As npm run history:check does. */
describe('the recorded histories', () => {
  let text: string;

  beforeAll(() => {
    text = readFileSync(new URL('recorded.ndjson', import.meta.url), 'utf8');
  });

  it('are decided and folded as they were', async () => {
    const checked = await checkText(text, deciders);
    expect(report(checked, told)).toMatch(/All is decided and folded as it was\.$/);
  });

  it('are of every decider of the platform', () => {
    const known = groups.filter(({ kind }) => kind === 'decider').map(({ group }) => group);
    expect(deciders.map(({ group }) => group).toSorted()).toEqual(known.toSorted());
    const recorded = new Set([...text.matchAll(/^\{"decider":"([^"]+)"/gm)].map(([, group]) => group));
    expect([...recorded].toSorted()).toEqual(known.toSorted());
  });

  it.each(deciders.map((rules) => [rules.group, rules] as const))(
    'have every command and event of %s: add what is missing to tools/history/simulated',
    (_, { commands, events }) => {
      const recorded = new Set(
        [...text.matchAll(/^\{"(?:command|event)":"([^"]+)"/gm)].map(([, type]) => type),
      );
      const missing = [...messageTypes(commands), ...messageTypes(events)]
        .map(({ type }) => type)
        .filter((type) => !recorded.has(type));
      expect(missing).toEqual([]);
    },
  );
});
