import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from '@jest/globals';
import type { AnyDecider, Message } from '@atelier/eventing/domain';
import { DeciderCheck, type Difference } from './check.ts';
import { deciders } from './deciders.ts';
import { readHistory } from './read-history.ts';
import type { Step } from './step.ts';

type Rules = AnyDecider['decide'][string];
type Events = readonly Message[];
type Data = Readonly<Record<string, unknown>>;

const isRefusal = (type: string) => /Refused$|Ignored$/.test(type);

/** What the release after this one could have done by mistake. */
describe.each(deciders.map((rules) => [rules.group, rules] as const))('a change in %s', (_, rules) => {
  const steps: Step[] = [];

  beforeAll(async () => {
    const text = readFileSync(new URL('recorded.ndjson', import.meta.url), 'utf8');
    for await (const each of readHistory(text, deciders)) if (each.rules === rules) steps.push(each.step);
  });

  /** The first difference that the recorded histories show. */
  async function found(planted: AnyDecider): Promise<Difference | undefined> {
    const check = new DeciderCheck(planted);
    for (const step of steps) {
      await check.take(step);
      if (check.differences.length > 0) return check.differences[0];
    }
    return undefined;
  }

  const events = Object.keys(rules.events.types);

  it('that changes no answer and no state is none', async () => {
    const decide = mapped(rules.decide, (rule): Rules => {
      return (command, state) => [rule({ ...command }, reversed(state))].flat();
    });
    const evolve = mapped(
      rules.evolve,
      (fold) => (state: unknown, event: unknown) => reversed(fold(state, event)),
    );
    expect(await found({ ...rules, decide, evolve })).toBeUndefined();
  });

  it.each(Object.keys(rules.decide))('of a condition: %s does not ask for the state', async (command) => {
    const rule = rules.decide[command] as Rules;
    const decide = { ...rules.decide, [command]: (asked: unknown) => rule(asked, rules.initial) };
    expect((await found({ ...rules, decide }))?.recorded?.kind).toBe('answer');
  });

  it.each(Object.keys(rules.decide))('by which %s says nothing', async (command) => {
    const planted = { ...rules, decide: { ...rules.decide, [command]: () => [] } };
    expect((await found(planted))?.now).toEqual({ kind: 'answer', events: [] });
  });

  it.each(events.filter(isRefusal))('that removes a refusal: %s', async (refusal) => {
    const planted = answering(rules, (answer) => answer.filter(({ type }) => type !== refusal));
    expect(typesOf((await found(planted))?.recorded)).toContain(refusal);
  });

  it.each(events)('of any field of %s', async (type) => {
    for (const field of fieldsOf(rules, type)) {
      const planted = answering(rules, (answer) =>
        answer.map((event) => (event.type === type ? changed(event, field) : event)),
      );
      const difference = await found(planted);
      expect({ field, types: typesOf(difference?.recorded) }).toMatchObject({
        field,
        types: expect.arrayContaining([type]),
      });
    }
  });

  it.each(events)('of what %s is folded into', async (event) => {
    const fold = rules.evolve[event] as AnyDecider['evolve'][string];
    const other = (state: object, message: object) => ({
      ...(fold(state, message) as object),
      another: true,
    });
    const difference = await found({ ...rules, evolve: { ...rules.evolve, [event]: other } });
    expect(difference?.now).toMatchObject({ kind: 'state', state: { another: true } });
  });

  it.each(events.filter((event) => !isRefusal(event)))('by which %s changes nothing', async (event) => {
    const evolve = { ...rules.evolve, [event]: (state: unknown) => state };
    expect(await found({ ...rules, evolve })).toBeDefined();
  });
});

const typesOf = (outcome: Difference['recorded']) =>
  outcome?.kind === 'answer' ? outcome.events.map(({ type }) => type) : [];

const mapped = <T, U>(rules: Readonly<Record<string, T>>, change: (rule: T) => U) =>
  Object.fromEntries(Object.entries(rules).map(([name, rule]) => [name, change(rule)]));

/** The decider whose every answer, refusals of reused keys among them, is changed. */
function answering(rules: AnyDecider, change: (events: Events) => Events): AnyDecider {
  const { refuseReusedKey } = rules;
  return {
    ...rules,
    decide: mapped(
      rules.decide,
      (rule): Rules =>
        (command, state) =>
          change([rule(command, state)].flat()),
    ),
    ...(refuseReusedKey && {
      refuseReusedKey: (command, state) => {
        const refusal = refuseReusedKey(command, state);
        return change([refusal])[0] ?? refusal;
      },
    }),
  };
}

/** Its own fields; what they have inside is changed with them. */
function fieldsOf({ events }: AnyDecider, type: string): readonly string[] {
  const fields = events.types[type]?.versions.at(-1)?.fields ?? [];
  return fields.map((field) => (field as { readonly name: string }).name);
}

function changed(event: Message, field: string): Message {
  const data = event.data as Data;
  return { ...event, data: { ...data, [field]: another(data[field]) } };
}

/** Another value that the schema takes. */
function another(value: unknown): unknown {
  if (typeof value === 'string')
    return value === 'web' ? 'phone' : value === 'phone' ? 'web' : `${value} another`;
  if (typeof value === 'number') return value + 1;
  if (typeof value === 'bigint') return value + 1n;
  if (typeof value === 'boolean') return !value;
  if (value === null) return 'another';
  if (Array.isArray(value)) return value.length > 0 ? value.slice(1) : ['another'];
  const entries = Object.entries(value as Data).map(([name, each]) => [name, another(each)]);
  return Object.fromEntries(entries);
}

/** The same, with the fields of objects in another order. */
function reversed<T>(value: T): T {
  if (typeof value !== 'object' || value === null || value instanceof Uint8Array) return value;
  if (Array.isArray(value)) return value.map(reversed) as T;
  return Object.fromEntries(
    Object.entries(value)
      .toReversed()
      .map(([name, each]) => [name, reversed(each)]),
  ) as T;
}
