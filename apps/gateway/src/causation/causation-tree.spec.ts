import { describe, expect, it } from '@jest/globals';
import { derivedId } from '@atelier/eventing/serde';
import { CausationTree, type Decision, type Performance } from './causation-tree.ts';
import type { Trace, TracedFailure } from './trace.ts';

const noon = Date.parse('2026-11-30T12:00:00Z');
const mail = 'notifications.order-mail';
const reserve = 'inventory.reserve-stock';

/** A record of an order at so many milliseconds after noon. */
const trace = (kind: Trace['kind'], id: string, ms: number, facts: Partial<Trace> = {}): Trace => ({
  ...{ kind, id, type: id, subject: 'order', causationId: undefined, time: noon + ms, service: 'orders' },
  ...{ topic: 'orders.events', partition: 1, offset: BigInt(ms), traceparent: undefined, failure: undefined },
  ...facts,
});
const event = (id: string, ms: number, causationId?: string, facts: Partial<Trace> = {}) =>
  trace('event', id, ms, { causationId, ...facts });
const command = (id: string, ms: number, causationId?: string, facts: Partial<Trace> = {}) =>
  trace('command', id, ms, { causationId, topic: 'orders.commands', ...facts });
const copyOf = (kind: Trace['kind'], original: Trace, ms: number, group: string): Trace => {
  const { topic, partition, offset } = original;
  const failure: TracedFailure = {
    ...{
      deadLetterId: `${original.id} in ${group}`,
      group,
      attempts: ms,
      redrives: kind === 'redrive' ? 1 : 0,
    },
    ...{ error: { class: 'Refused', message: 'full' }, origin: { topic, partition, offset } },
  };
  const service = group.split('.', 1)[0] ?? '';
  return {
    ...original,
    kind,
    time: noon + ms,
    offset: BigInt(ms),
    topic: `${group} ${kind}`,
    service,
    failure,
  };
};
const decision = (letter: Trace, ms: number, type = 'RedriveRequested'): Decision => ({
  ...{ id: `decision-${ms}`, type, deadLetterId: letter.failure?.deadLetterId ?? '', time: noon + ms },
  ...{ by: 'grace', reason: 'fixed', topic: 'dead-letters.events', partition: 0, offset: 7n },
});

/** The tree as text: two spaces for each step down. */
function drawn(
  traces: readonly Trace[],
  decisions: readonly Decision[] = [],
  performances: readonly Performance[] = [],
): string[] {
  const nodes = new CausationTree({ traces, decisions, performances, lines: 1 }).nodes(100);
  for (const { parent, depth } of nodes)
    expect(depth).toBe(parent === null ? 0 : (nodes[parent]?.depth ?? 9) + 1);
  return nodes.map(({ depth, kind, type, group, status, by }) =>
    ['  '.repeat(depth) + kind, type, group, status, by].filter((word) => word).join(' '),
  );
}

const placed = event('OrderSubmitted', 2, 'PlaceOrder');
const reserveId = derivedId('OrderSubmitted', reserve, 0);
const toInventory = { service: 'inventory', topic: 'inventory.commands', subject: 'POT' };
const reserveStock = command(reserveId, 3, 'OrderSubmitted', { ...toInventory, type: 'ReserveStock' });
const place = command('PlaceOrder', 1, undefined, { service: 'gateway', traceparent: '00-a-b-01' });
const confirmed = event('OrderConfirmed', 5, 'RecordReservation');

describe('the tree of causes', () => {
  it('leads from the request to the e-mail', () => {
    const reserved = event('StockReserved', 4, reserveId, { ...toInventory, topic: 'inventory.events' });
    const recordId = derivedId('StockReserved', 'orders.record-reservation', 0);
    const record = command(recordId, 4, 'StockReserved', { type: 'RecordReservation' });
    const line = event('LineReserved', 5, recordId);
    const settled = event('OrderConfirmed', 5, recordId, { offset: 6n });
    const traces = [settled, line, record, reserved, reserveStock, placed, place];
    expect(drawn(traces, [], [{ group: mail, at: settled, performed: true }])).toEqual([
      'request POST /v1/orders',
      '  command PlaceOrder',
      '    event OrderSubmitted',
      `      command ReserveStock ${reserve}`,
      '        event StockReserved',
      '          command RecordReservation orders.record-reservation',
      '            event LineReserved',
      '            event OrderConfirmed',
      `              effect OrderConfirmed ${mail} performed`,
    ]);
  });

  it('has retries, the dead letter, who gave it back, and what came of that', () => {
    const first = copyOf('retry', confirmed, 10, mail);
    const second = copyOf('retry', confirmed, 20, mail);
    const letter = copyOf('dead-letter', confirmed, 30, mail);
    const given = copyOf('redrive', confirmed, 50, mail);
    const traces = [given, letter, second, first, confirmed];
    const performance = { group: mail, at: given, performed: false };
    const decisions = [decision(letter, 40)];
    expect(drawn(traces, decisions, [performance])).toEqual([
      'unknown',
      '  event OrderConfirmed',
      `    retry OrderConfirmed ${mail}`,
      `      retry OrderConfirmed ${mail}`,
      `        dead-letter OrderConfirmed ${mail}`,
      '          decision RedriveRequested grace',
      `            redrive OrderConfirmed ${mail}`,
      `              effect OrderConfirmed ${mail} pending`,
    ]);
    const [, , retry] = new CausationTree({ traces, decisions, performances: [], lines: 1 }).nodes(100);
    expect(retry).toMatchObject({
      ...{ service: 'notifications', attempts: 10, error: { class: 'Refused', message: 'full' } },
      ...{ time: '2026-11-30T12:00:00.010Z', topic: `${mail} retry`, partition: 1, offset: 10n },
    });
  });

  it('has what a policy did when its dead letter was given back below that', () => {
    const letter = copyOf('dead-letter', placed, 10, reserve);
    const given = copyOf('redrive', placed, 30, reserve);
    const late = { ...reserveStock, time: noon + 40 };
    expect(drawn([place, placed, letter, given, late], [decision(letter, 20)])).toEqual([
      'request POST /v1/orders',
      '  command PlaceOrder',
      '    event OrderSubmitted',
      `      dead-letter OrderSubmitted ${reserve}`,
      '        decision RedriveRequested grace',
      `          redrive OrderSubmitted ${reserve}`,
      `            command ReserveStock ${reserve}`,
    ]);
  });

  it('has a command that was set aside and came back on its own topic', () => {
    const letter = copyOf('dead-letter', place, 10, 'orders.decider');
    const given = { ...copyOf('redrive', place, 30, 'orders.decider'), topic: 'orders.commands' };
    const late = event('OrderSubmitted', 31, 'PlaceOrder');
    expect(drawn([place, letter, given, late], [decision(letter, 20)])).toEqual([
      'request POST /v1/orders',
      '  command PlaceOrder',
      '    dead-letter PlaceOrder orders.decider',
      '      decision RedriveRequested grace',
      '        redrive PlaceOrder orders.decider',
      '          event OrderSubmitted',
    ]);
  });

  it('has a command that waits for its time, and then comes', () => {
    const id = derivedId('OrderSubmitted', 'orders.expire-order', 0);
    const waiting = trace('delayed', id, 3, {
      causationId: 'OrderSubmitted',
      type: 'ExpireOrder',
      topic: 'orders.commands.delay',
    });
    const due = command(id, 900_003, 'OrderSubmitted', { type: 'ExpireOrder' });
    const refused = event('OrderExpiryRefused', 900_004, id);
    expect(drawn([place, placed, waiting, due, refused]).slice(3)).toEqual([
      '      delayed ExpireOrder orders.expire-order',
      '        command ExpireOrder orders.expire-order',
      '          event OrderExpiryRefused',
    ]);
  });

  it('keeps together what is left when commands are gone', () => {
    const reserved = event('StockReserved', 4, reserveId, { ...toInventory, topic: 'inventory.events' });
    expect(drawn([placed, reserved])).toEqual([
      'unknown',
      '  event OrderSubmitted',
      `    unknown ${reserve}`,
      '      event StockReserved',
    ]);
  });

  it('has a root for each request, and one for each time that one was sent', () => {
    const cancel = command('CancelOrder', 10, undefined, { service: 'gateway' });
    const again = { ...place, time: noon + 1, offset: 99n };
    expect(drawn([place, again, placed, cancel])).toEqual([
      'request POST /v1/orders',
      '  command PlaceOrder',
      'request POST /v1/orders',
      '  command PlaceOrder',
      '    event OrderSubmitted',
      'request POST /v1/orders/{orderId}/cancel',
      '  command CancelOrder',
    ]);
  });

  it('ends where headers that somebody made up go in circles, and after so many nodes', () => {
    const [one, other] = [event('one', 1, 'other'), event('other', 2, 'one')];
    expect(drawn([one, other])).toEqual(['event one', '  event other']);
    expect(
      new CausationTree({ traces: [place, placed], decisions: [], performances: [], lines: 1 }).nodes(2),
    ).toHaveLength(2);
  });
});
