import { describe, expect, it } from '@jest/globals';
import { duplicateMails } from '../../../tools/demo/conservation.ts';
import type { Evidence, Mail } from '../evidence/evidence.ts';
import { a, b, c, good } from './good-run.ts';
import { check as find } from './mails.ts';
import { textOf } from './violation.ts';

const check = (...evidence: Parameters<typeof find>) => find(...evidence).map(textOf);

const { mails } = good;
const more = (messageId: string, text: string): Evidence => ({
  ...good,
  mails: [...mails, { messageId, text }],
});

/** So many duplicates, while one partition was given to these workers, one after the other. */
const again = (times: number, ...instances: string[]): Evidence => ({
  ...good,
  // One of them is twice in the good run already.
  mails: [...mails, ...Array<Mail>(times - 1).fill(mails[0] as Mail)],
  assignments: instances.map((instance) => ({ instance, partitions: ['orders.events-0'] })),
});

describe('mails', () => {
  it('holds when each settled order has one, or the same one again', () => {
    expect(check(good)).toEqual([]);
    expect(duplicateMails(good)).toBe(1);
  });

  it('lets a takeover repeat what was sent in the last commit interval, and a restart what was under way', () => {
    expect(check(again(320, 'notifications-1', 'notifications-2'))).toEqual([]);
    expect(check(again(16, 'notifications-1', 'notifications-1', 'notifications-1'))).toEqual([]);
    expect(check(again(328, 'notifications-1', 'notifications-2', 'notifications-2'))).toEqual([]);
    expect(check({ ...again(24, 'notifications-1'), mailRestarts: 3 })).toEqual([]);
  });

  it.each<[string, Evidence, string]>([
    ['an order without an e-mail', { ...good, mails: mails.slice(1) }, `${a}: no e-mail`],
    [
      'a repeat with another Message-ID',
      more('<b2x@atelier.example>', `Order ${b}`),
      `${b}: e-mails with 2 Message-IDs: <b2@atelier.example>, <b2x@atelier.example>`,
    ],
    [
      'a Message-ID that is drawn, and not the event’s',
      { ...good, mails: [{ messageId: '<random@atelier.example>', text: `Order ${a}` }, ...mails.slice(1)] },
      `${a}: the Message-ID <random@atelier.example> is not of its outcome a3`,
    ],
    [
      'an outcome that is told to another order',
      more('<a3@atelier.example>', `Order ${c}`),
      `${c}: e-mails with 2`,
    ],
    ['an e-mail of no order', more('<z@atelier.example>', 'Order?'), 'it is of 0 settled orders'],
    ['an e-mail of two orders', more('<a3@atelier.example>', `Order ${a} ${b}`), 'it is of 2 settled orders'],
    [
      'more duplicates than a takeover explains',
      again(321, 'notifications-1', 'notifications-2'),
      '321 e-mails came twice, and takeovers and restarts of their workers explain 320',
    ],
    [
      'a worker that sends twice what nobody took over',
      again(1, 'notifications-1'),
      '1 e-mails came twice, and takeovers and restarts of their workers explain 0',
    ],
    ['more duplicates than a restart explains', again(9, 'notifications-1', 'notifications-1'), 'explain 8'],
    [
      'more duplicates than the ends of the mail server explain',
      { ...again(25, 'notifications-1'), mailRestarts: 3 },
      'explain 24',
    ],
    ['a run without e-mails', { ...good, mails: [] }, `${a}: no e-mail`],
    ['a run without settled orders', { ...good, events: [] }, 'no order was settled'],
  ])('finds %s', (_, evidence, violation) => {
    expect(check(evidence).join('; ')).toContain(violation);
  });
});
