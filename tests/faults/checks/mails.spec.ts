import { describe, expect, it } from '@jest/globals';
import type { Evidence } from './evidence.ts';
import { a, b, c, good } from './good-run.ts';
import { check, duplicates } from './mails.ts';

const { mails } = good;
const more = (messageId: string, text: string): Evidence => ({
  ...good,
  mails: [...mails, { messageId, text }],
});

describe('mails', () => {
  it('holds when each settled order has one, or the same one again', () => {
    expect(check(good)).toEqual([]);
    expect(duplicates(good)).toBe(1);
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
    ['a run without e-mails', { ...good, mails: [] }, `${a}: no e-mail`],
    ['a run without settled orders', { ...good, events: [] }, 'no order was settled'],
  ])('finds %s', (_, evidence, violation) => {
    expect(check(evidence).join('; ')).toContain(violation);
  });
});
