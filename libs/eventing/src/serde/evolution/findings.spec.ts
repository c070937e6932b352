import { describe, expect, it } from '@jest/globals';
import { schemaChanges } from '../../../fixtures/schema-changes.ts';
import type { AvroSchema } from '../../domain/index.ts';
import { findingsOf } from './findings.ts';

const schema = (...fields: readonly object[]): AvroSchema => ({
  type: 'record',
  name: 'OrderPlaced',
  namespace: 'shop',
  fields: [{ name: 'orderId', type: 'string' }, ...fields],
});
const email = { name: 'email', type: 'string' };
const contact = { name: 'contact', type: 'string', aliases: ['email'] };

describe('what the gate says', () => {
  it('of a rename by an alias alone: who is broken, and the steps that are allowed (refused without a word before)', () => {
    expect(findingsOf([schema(email), schema(contact)], 'FULL_TRANSITIVE')).toEqual([
      {
        version: 2,
        path: ['contact'],
        what: 'email was renamed to contact by an alias alone, and an alias helps only those who read with it: v1 does not have it',
        breaks: ["today's consumers, during the roll-out: v1 cannot read what v2 writes"],
        instead: [
          '1. keep email, add contact with a default and without the alias, and write both',
          '2. move readers to contact; where it has its default they take email, as older records have nothing else',
          '3. go on writing email: v1 has no default for it. Without it is a message of a new type, with an upcaster',
        ],
      },
    ]);
  });

  it('of the same in a command: nothing, as only new readers are asked', () => {
    expect(findingsOf([schema(email), schema(contact)], 'BACKWARD_TRANSITIVE')).toEqual([]);
  });

  it('of the steps that it names for a rename: nothing', () => {
    const both = schema(email, { name: 'contact', type: 'string', default: '' });
    expect(findingsOf([schema(email), both, both], 'FULL_TRANSITIVE')).toEqual([]);
  });

  it('of one change: that it breaks replays, the consumers of today and older ones, once', () => {
    const versions = [schema(email), schema(email), schema({ name: 'email', type: 'int' })];
    expect(findingsOf(versions, 'FULL_TRANSITIVE')).toEqual([
      expect.objectContaining({
        version: 3,
        what: 'email is int, and was string',
        breaks: [
          'replays, and state that is built from old events: v3 cannot read what v1 wrote',
          'older consumers, during the roll-out: v1 cannot read what v3 writes',
          'replays, and state that is built from old events: v3 cannot read what v2 wrote',
          "today's consumers, during the roll-out: v2 cannot read what v3 writes",
        ],
      }),
    ]);
  });

  it('of a command: which commands nobody could read', () => {
    const [finding] = findingsOf([schema(), schema(email)], 'BACKWARD_TRANSITIVE');
    expect(finding?.breaks).toEqual([
      'commands that wait, are delayed or are redriven: v2 cannot read what v1 wrote',
    ]);
  });

  it.each(schemaChanges)('is something to do instead, or nothing: $what', ({ older, newer, verdict }) => {
    const findings = findingsOf([older, newer], 'FULL_TRANSITIVE');
    expect(findings.length > 0).toBe(verdict !== 'FULL');
    for (const { version, instead } of findings) {
      expect(version).toBe(2);
      expect(instead.length).toBeGreaterThan(0);
    }
  });
});
