import type { DomainEvent } from '../log/events.ts';
import {
  type CommandRecord,
  type Evidence,
  isOfOperations,
  placeOf,
  positionOf,
} from '../evidence/evidence.ts';

/** Nothing was done twice, and the read model has everything once. */
export function check({ events, commands, rows }: Evidence): string[] {
  if (events.length === 0) return ['once: there are no events to check'];
  if (commands.length === 0) return ['once: there are no commands to check'];
  const placed = events.filter(({ type }) => type === 'OrderPlaced').map(({ subject }) => subject);
  const reserved = events.filter(({ type }) => type === 'StockReserved');
  return [
    ...repeats(placed, (order) => `${order}: placed twice`),
    ...repeats(
      reserved.map(({ subject, data }) => `${data.orderId} ${subject}`),
      (line) => `${line}: reserved twice`,
    ),
    ...repeats(
      events.map(({ id }) => id),
      (id) => `event ${id}: in the log twice`,
    ),
    ...publishedTwice(commands.filter(isOfPolicy)),
    ...handledTwice(events),
    ...readModel(new Set(placed), events, rows),
  ];
}

/** A client that repeats a request repeats its command; a policy never does. */
const isOfPolicy = ({ causationId }: CommandRecord) => causationId !== undefined;
const commandName = ({ topic, id, type }: CommandRecord) => `${type} ${id} on ${topic}`;
/** What it is by what it does: a decider tells commands by their ids, and would carry this out again under another one. */
const deedName = ({ topic, type, key, causationId }: CommandRecord) =>
  `${type} of ${key} on ${topic} because of ${causationId}`;

function publishedTwice(commands: readonly CommandRecord[]): string[] {
  const byId = new Map(commands.map((command) => [commandName(command), command]));
  return [
    ...repeats(commands.map(commandName), (name) => `${name}: published twice`),
    ...repeats([...byId.values()].map(deedName), (name) => `${name}: published twice, under two ids`),
  ];
}

/** What one decision says in more than one event. */
const together = new Set(['LineReserved, OrderConfirmed', 'LineRefused, OrderRejected']);

/**
 * Events of one command are of one decision: one event, or some that are said together, side by side in the log. Only
 * a reused Idempotency-Key is refused as often as it is sent.
 */
function handledTwice(events: readonly DomainEvent[]): string[] {
  const answers = new Map<string, DomainEvent[]>();
  const violations: string[] = [];
  for (const event of events) {
    if (event.data.reason === 'idempotency-key-reused') continue;
    if (event.causationId === undefined) {
      violations.push(`${event.type} at ${positionOf(event)}: answers no command`);
      continue;
    }
    const answer = answers.get(event.causationId);
    if (answer) answer.push(event);
    else answers.set(event.causationId, [event]);
  }
  for (const [command, answer] of answers) {
    if (answer.length === 1) continue;
    const types = answer.map(({ type }) => type).join(', ');
    if (!together.has(types)) violations.push(`command ${command}: handled twice: ${types}`);
    else if (!isSideBySide(answer))
      violations.push(`command ${command}: one decision lies apart: ${answer.map(positionOf).join(', ')}`);
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

function readModel(placed: ReadonlySet<string>, events: readonly DomainEvent[], rows: Evidence['rows']) {
  const orders = rows.orders.map(({ orderId }) => orderId);
  const logged = rows.eventLog.map(positionOf);
  return [
    ...repeats(orders, (order) => `${order}: two rows`),
    ...repeats(
      rows.lines.map(({ orderId, sku }) => `${orderId} ${sku}`),
      (line) => `${line}: two rows`,
    ),
    ...repeats(
      rows.products.map(({ sku }) => sku),
      (sku) => `${sku}: two rows`,
    ),
    ...repeats(logged, (position) => `${position}: two rows of the event log`),
    ...differences(placed, new Set(orders), 'is placed, but has no row', 'has a row, but was not placed'),
    ...differences(
      new Set(linesOf(events)),
      new Set(rows.lines.map(({ orderId, sku }) => `${orderId} ${sku}`)),
      'was ordered, but has no row',
      'has a row, but was not ordered',
    ),
    ...differences(
      // Customers do not see what operators decide.
      new Set(events.filter((event) => !isOfOperations(event)).map(positionOf)),
      new Set(logged),
      'is an event, but no row of the event log',
      'is a row of the event log, but no event',
    ),
  ];
}

const linesOf = (events: readonly DomainEvent[]) =>
  events
    .filter(({ type }) => type === 'OrderPlaced')
    .flatMap(({ subject, data }) => data.lines.map(({ sku }: { sku: string }) => `${subject} ${sku}`));

function repeats(names: readonly string[], say: (name: string) => string): string[] {
  const seen = new Set<string>();
  const twice = new Set<string>();
  for (const name of names) {
    if (seen.has(name)) twice.add(name);
    seen.add(name);
  }
  return [...twice].map(say);
}

function differences(
  log: ReadonlySet<string>,
  shown: ReadonlySet<string>,
  missing: string,
  invented: string,
): string[] {
  return [
    ...[...log].filter((name) => !shown.has(name)).map((name) => `${name}: ${missing}`),
    ...[...shown].filter((name) => !log.has(name)).map((name) => `${name}: ${invented}`),
  ];
}
