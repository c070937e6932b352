import type { DomainEvent } from '../log/events.ts';
import {
  type CommandRecord,
  type Evidence,
  isOfOperations,
  placements,
  placeOf,
  positionOf,
} from '../evidence/evidence.ts';
import { nothingToCheck, type Violation } from './violation.ts';

/** Nothing was done twice, and the read model has everything once. */
export function check({ events, commands, rows }: Evidence): Violation[] {
  if (events.length === 0) return [nothingToCheck('once', 'there are no events')];
  if (commands.length === 0) return [nothingToCheck('once', 'there are no commands')];
  const reserved = events.filter(({ type }) => type === 'StockReserved');
  const lines = reserved.map(({ subject, data }) => `${data.orderId} ${subject}`);
  return [
    ...repeated(lines).map((line) => ({ kind: 'line-reserved-again', line }) as const),
    ...repeated(events.map(({ id }) => id)).map((event) => ({ kind: 'event-again', event }) as const),
    ...publishedTwice(commands.filter(isOfPolicy)),
    ...handledTwice(events),
    ...readModel(events, rows),
  ];
}

/** A client that repeats a request repeats its command; a policy never does. */
const isOfPolicy = ({ causationId }: CommandRecord) => causationId !== undefined;
const commandName = ({ topic, id, type }: CommandRecord) => `${type} ${id} on ${topic}`;
/** What it is by what it does: a decider tells commands by their ids, and would carry this out again under another one. */
const deedName = ({ topic, type, key, causationId }: CommandRecord) =>
  `${type} of ${key} on ${topic} because of ${causationId}`;

function publishedTwice(commands: readonly CommandRecord[]): Violation[] {
  const names = commands.map(commandName);
  const deeds = [...new Map(commands.map((command) => [commandName(command), deedName(command)])).values()];
  return [
    ...repeated(names).map((command) => ({ kind: 'command-published-again', command }) as const),
    ...repeated(deeds).map((deed) => ({ kind: 'deed-published-again', deed }) as const),
  ];
}

/** What one decision says in more than one event. */
const together = new Set(['LineReserved, OrderConfirmed', 'LineRefused, OrderRejected']);

/**
 * Events of one command are of one decision: one event, or some that are said together, side by side in the log. Only
 * a reused Idempotency-Key is refused as often as it is sent.
 */
function handledTwice(events: readonly DomainEvent[]): Violation[] {
  const answered = new Map<string, DomainEvent[]>();
  const violations: Violation[] = [];
  for (const event of events) {
    if (event.data.reason === 'idempotency-key-reused') continue;
    if (event.causationId === undefined) {
      violations.push({ kind: 'event-of-no-command', event: `${event.type} at ${positionOf(event)}` });
      continue;
    }
    const answer = answered.get(event.causationId);
    if (answer) answer.push(event);
    else answered.set(event.causationId, [event]);
  }
  for (const [command, answer] of answered) {
    if (answer.length === 1) continue;
    const answers = answer.map(({ type }) => type);
    if (!together.has(answers.join(', ')))
      violations.push({ kind: 'command-handled-again', command, answers });
    else if (!isSideBySide(answer))
      violations.push({ kind: 'decision-apart', command, positions: answer.map(positionOf) });
  }
  return violations;
}

const isSideBySide = ([first, ...others]: readonly DomainEvent[]) =>
  others.every(
    (other, index) =>
      first !== undefined &&
      placeOf(other) === placeOf(first) &&
      other.subject === first.subject &&
      other.offset === first.offset + BigInt(index + 1) &&
      other.version === first.version + index + 1,
  );

function readModel(events: readonly DomainEvent[], rows: Evidence['rows']): Violation[] {
  const placed = events.filter(({ type }) => placements.has(type));
  // Customers do not see what operators decide.
  const shown = events.filter((event) => !isOfOperations(event));
  const products = rows.products.map(({ sku }) => sku);
  return [
    ...compared(
      'orders',
      placed.map(({ subject }) => subject),
      rows.orders.map(({ orderId }) => orderId),
    ),
    ...compared(
      'order_lines',
      placed.flatMap(linesOf),
      rows.lines.map(({ orderId, sku }) => `${orderId} ${sku}`),
    ),
    ...repeated(products).map((row) => ({ kind: 'row-again', table: 'products', row }) as const),
    ...compared('event_log', shown.map(positionOf), rows.eventLog.map(positionOf)),
  ];
}

const linesOf = ({ subject, data }: DomainEvent): string[] =>
  data.lines.map(({ sku }: { sku: string }) => `${subject} ${sku}`);

/** Each that is in the log has one row, and there are no others. */
function compared(
  table: 'orders' | 'order_lines' | 'event_log',
  log: string[],
  shown: string[],
): Violation[] {
  const [inLog, inTable] = [new Set(log), new Set(shown)];
  const missing = [...inLog].filter((row) => !inTable.has(row));
  const invented = [...inTable].filter((row) => !inLog.has(row));
  return [
    ...repeated(shown).map((row) => ({ kind: 'row-again', table, row }) as const),
    ...missing.map((row) => ({ kind: 'row-missing', table, row }) as const),
    ...invented.map((row) => ({ kind: 'row-invented', table, row }) as const),
  ];
}

/** Those that are there more than once, each once. */
function repeated(names: readonly string[]): string[] {
  const seen = new Set<string>();
  const again = new Set<string>();
  for (const name of names) {
    if (seen.has(name)) again.add(name);
    seen.add(name);
  }
  return [...again];
}
