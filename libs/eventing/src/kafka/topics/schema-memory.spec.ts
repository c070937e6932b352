import { expect, it } from '@jest/globals';
import type { ConsumedRecord } from '../../log/record.ts';
import type { RegisteredVersion } from '../../serde/evolution/subject-plan.ts';
import { remember } from './schema-memory.ts';

const version = (n: number, id: number) => ({ subject: 'a.events-A', version: n, schema: `{"v":${n}}`, id });
const record = (key: string, value: object | string | null, more: object = {}): ConsumedRecord => ({
  topic: 'schemas.registered',
  partition: 0,
  offset: 0n,
  timestamp: 0,
  key: Buffer.from(key),
  value: value === null ? null : Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)),
  headers: [],
  ...more,
});

it('a version that was registered by mistake can be withdrawn, and registered otherwise (it was remembered for ever)', () => {
  const known = new Map<string, RegisteredVersion>();
  remember(known, [record('a.events-A/1', version(1, 11)), record('a.events-A/2', version(2, 12))]);
  remember(known, [record('a.events-A/2', null), record('a.events-A/3', null)]);
  expect([...known.values()]).toEqual([version(1, 11)]);
  remember(known, [record('a.events-A/2', { ...version(2, 14), schema: '{}' })]);
  expect([...known.values()]).toEqual([version(1, 11), { ...version(2, 14), schema: '{}' }]);
});

it('nothing else withdraws one: neither what is no version, nor what cannot be read', () => {
  const known = new Map<string, RegisteredVersion>();
  const broken = { error: new Error('a bad checksum') };
  remember(known, [record('a.events-A/1', version(1, 11)), record('a.events-A/1', 'not ours')]);
  remember(known, [record('a.events-A/1', null, { broken })]);
  expect([...known.values()]).toEqual([version(1, 11)]);
});
