import { describe, expect, it } from '@jest/globals';
import type { ConsumedRecord, OutgoingRecord } from '../log/record.ts';
import { asRead } from '../testing/written-by-library.ts';
import { believedCopy, releasedIn } from './believed-copies.ts';
import { deadLetter, redriveCopy, releaseMark, retryCopy } from './copies.ts';
import { FAILURE } from './failure-headers.ts';
import { failureOf, thrownNow } from './failure.ts';

const at = { group: 'g', topic: 't', partition: 2 };
const original: ConsumedRecord = {
  topic: 't',
  partition: 2,
  offset: 7n,
  timestamp: 11,
  key: Buffer.from('k'),
  value: Buffer.from('v'),
  headers: [['ce_id', Buffer.from('1')]],
};
const who = { group: 'g', handler: 'g Opened', service: 's', version: '1' };
const failed = (record = original) => failureOf(record, { ...who, thrown: [thrownNow(new Error('jammed'))] });
const redriven = redriveCopy(original, failed(), { topic: 'g.t.redrive' });
const mark = releaseMark({ id: 'f', group: 'g' }, { topic: 't', partition: 2, key: original.key });

/** As somebody would have it who reads it and writes it again: everything is the same, but the producer. */
const byHand = (record: OutgoingRecord, producerId?: bigint): ConsumedRecord => {
  const { producerId: _, ...copy } = asRead(record, 99n);
  return { ...copy, ...(producerId !== undefined && { producerId }) };
};

describe('a copy of a failed record', () => {
  it.each([
    ['that is tried again', retryCopy(original, failed(), 1, 5)],
    ['that was given back', redriven],
  ])('%s is what the library knows about it', (_, copy) => {
    const { original: record, before } = believedCopy(asRead(copy, 99n), at);
    expect(record).toEqual(original);
    expect(before?.id).toBe(failed().id);
  });

  it.each([
    ['was written by a tool without an id', byHand(redriven)],
    ['was written by another producer', byHand(redriven, 4712n)],
    ['is of a dead letter', asRead(deadLetter(original, failed()), 99n)],
    ['is of another group', asRead(redriveCopy(original, { ...failed(), group: 'h' }, { topic: 't' }), 99n)],
    ['is of another partition', asRead(redriveCopy(original, moved({ partition: 3 }), { topic: 't' }), 99n)],
    ['is of another topic', asRead(redriveCopy(original, moved({ topic: 'u' }), { topic: 't' }), 99n)],
  ])('is a new record when it %s, whatever its headers say', (_, record) => {
    expect(believedCopy(record, at)).toEqual({ original: record, before: undefined });
  });

  it('is known when it is of a record that somebody else had put beside the source', () => {
    const stray = { ...original, topic: 'g.t.redrive' };
    const copy = redriveCopy(stray, failed(stray), { topic: 'g.t.redrive' });
    expect(believedCopy(asRead(copy, 99n), at)).toMatchObject({ original: stray, before: { redrives: 1 } });
  });

  it('is a new record when it names its producer twice, or any header of a failure', () => {
    const copy = asRead(redriven, 99n);
    for (const name of [FAILURE.redrives, FAILURE.producer]) {
      const headers = [...copy.headers, [name, Buffer.from('5')] as const];
      expect(believedCopy({ ...copy, headers }, at).before).toBeUndefined();
    }
  });
});

describe('the word that a dead letter was discarded', () => {
  it('is believed of the library, and of nobody else', () => {
    expect(releasedIn(asRead(mark, 99n))).toBe('f');
    expect(releasedIn(byHand(mark))).toBeUndefined();
    expect(releasedIn(byHand(mark, 4712n))).toBeUndefined();
  });
});

function moved(place: Partial<ConsumedRecord>) {
  return { ...failed(), place: { ...failed().place, ...place } };
}
