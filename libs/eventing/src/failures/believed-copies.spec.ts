import { describe, expect, it } from '@jest/globals';
import type { ConsumedRecord, OutgoingRecord } from '../log/record.ts';
import { asRead } from '../../fixtures/as-read.ts';
import { believedCopy, firstDelivery, releasedIn, take } from './believed-copies.ts';
import { deadLetter, redriveCopy, releaseMark, retryCopy } from './copies.ts';
import { FAILURE } from './failure-headers.ts';
import { failureOf } from './failure.ts';

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
const failed = (record = original) =>
  failureOf(record, { ...who, thrown: [{ at: 1, error: new Error('jammed') }] });
const redriven = redriveCopy(original, failed(), { topic: 'g.t.redrive', since: 0 });
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
    [
      'is of another group',
      asRead(redriveCopy(original, { ...failed(), group: 'h' }, { topic: 't', since: 0 }), 99n),
    ],
    [
      'is of another partition',
      asRead(redriveCopy(original, moved({ partition: 3 }), { topic: 't', since: 0 }), 99n),
    ],
    [
      'is of another topic',
      asRead(redriveCopy(original, moved({ topic: 'u' }), { topic: 't', since: 0 }), 99n),
    ],
  ])('is a new record when it %s, whatever its headers say', (_, record) => {
    expect(believedCopy(record, at)).toEqual(firstDelivery(record));
  });

  it('is known when it is of a record that somebody else had put beside the source', () => {
    const stray = { ...original, topic: 'g.t.redrive' };
    const copy = redriveCopy(stray, failed(stray), { topic: 'g.t.redrive', since: 0 });
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

describe('the number of a retry', () => {
  const third = asRead(retryCopy(original, failed(), 3, 5), 99n);
  const saying = (...more: string[]) => [
    ...third.headers.filter(([name]) => name !== FAILURE.retry),
    ...more.map((text) => [FAILURE.retry, Buffer.from(text)] as const),
  ];

  it.each([
    ['is what the copy says, wherever it stands', { ...third, topic: 'g.t.retry.1' }, 3],
    ['is that of its topic, of a copy from before they said it', { ...third, headers: saying() }, 3],
    ['is that of its topic, where it is none', { ...third, headers: saying('0') }, 3],
    ['is none of what was given back', asRead(redriven, 99n), 0],
    ['is none where there is no retry', { ...third, topic: 'g.t.redrive' }, 0],
    ['is none of a new record, whatever its headers say', byHand(third), 0],
    ['is none of what says it twice: a new record', { ...third, headers: saying('3', '3') }, 0],
  ])('%s', (_, copy, retried) => {
    expect(believedCopy(copy, at).retried).toBe(retried);
  });
});

describe('what a group takes from the topics that it reads', () => {
  const [copy, word] = [asRead(redriven, 99n), asRead(mark, 99n)];

  it.each([
    ['a copy, beside the source', copy, { type: 'delivery', delivery: believedCopy(copy, at) }],
    ['no copy, from the source', { ...copy, topic: 't' }, newOne({ ...copy, topic: 't' })],
    ['the word of a discard, from the redrive topic', word, { type: 'discard', failureId: 'f' }],
    ['no such word, from the source', { ...word, topic: 't' }, newOne({ ...word, topic: 't' })],
    [
      'no such word, from a retry topic',
      { ...word, topic: 'g.t.retry.1' },
      newOne({ ...word, topic: 'g.t.retry.1' }),
    ],
  ])('is %s', (_, record, taken) => {
    expect(take(record, at)).toEqual(taken);
  });
});

describe('the word that a dead letter was discarded', () => {
  it('is believed of the library, and of nobody else', () => {
    expect(releasedIn(asRead(mark, 99n))).toBe('f');
    expect(releasedIn(byHand(mark))).toBeUndefined();
    expect(releasedIn(byHand(mark, 4712n))).toBeUndefined();
  });

  it('is none without an id (a policy passed over it, a projection made a dead letter of it)', () => {
    const nobody = releaseMark({ id: '', group: 'g' }, { topic: 't', partition: 2, key: original.key });
    expect(releasedIn(asRead(nobody, 99n))).toBeUndefined();
  });
});

function moved(place: Partial<ConsumedRecord>) {
  return { ...failed(), place: { ...failed().place, ...place } };
}

function newOne(record: ConsumedRecord) {
  return { type: 'delivery', delivery: firstDelivery(record) };
}
