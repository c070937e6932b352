import { duplicated, lost, other, type Wording } from '../../../../tools/violation.ts';

/** What differs between two views of a partition: offsets that one has and the other has not. */
type Difference =
  | 'aborted, but seen'
  | 'seen, but not in the log'
  | 'seen again'
  | 'seen out of order'
  | 'committed, but not seen'
  | 'committed the first time only'
  | 'committed the second time only'
  | 'aborted the first time only'
  | 'aborted the second time only';

/** So many offsets, and the least of them. */
export interface Offsets {
  difference: Difference;
  count: number;
  first: bigint;
}

/** Nothing where there are none. */
export function offsetsThat(difference: Difference, offsets: readonly bigint[]): Offsets[] {
  const [first] = offsets;
  return first === undefined ? [] : [{ difference, count: offsets.length, first }];
}

type Table = 'orders' | 'order_lines' | 'products' | 'event_log';

/** What a row shows, and what it would by the events. */
interface Sum {
  table: 'sales' | 'customer_summaries';
  row: string;
  log: bigint;
  shown: bigint;
}

/** What can be wrong with the log, its readers, and the rows that are read from it. Places: `<topic>-<partition>`. */
export interface LogKinds {
  'row-again': { table: Table; row: string };
  'row-missing': { table: Table; row: string };
  'row-invented': { table: Table; row: string };
  'sum-short': Sum;
  'sum-over': Sum;
  'offset-backwards': { at: string; before: bigint };
  'version-jump': { aggregate: string; version: number; at: string; last: number };
  'aggregate-moved': { aggregate: string; home: string; at: string };
  'cause-missing': { command: string; cause: string | undefined };
  'command-overtaken': { command: string; cause: string; previous: string; previousCause: string };
  'key-moved': { command: string; previous: string };
  'group-behind': { position: string; records: number; from: bigint };
  'position-beyond-end': { position: string; next: bigint; end: bigint };
  'position-unknown': { position: string };
  'partition-unread': { position: string };
  'partition-unstable': { place: string; stable: bigint; end: bigint };
  'topic-unread': { reader: string; topic: string };
  'place-not-in-log': { reader: string; place: string };
  'wrong-sight': { reader: string; place: string } & Offsets;
  'log-changed': { place: string } & Offsets;
  'not-read-again': { place: string };
  'log-odd': { oddity: string };
}

const differing = ({ count, difference, first }: Readonly<Offsets>) =>
  `${count} ${difference}, the first at ${first}`;

const differentSum = ({ table, row, log, shown }: Readonly<Sum>) =>
  `${row}: ${shown} in ${table}, ${log} by the log`;

export const logWording: Wording<LogKinds> = {
  'row-again': duplicated(({ table, row }) => `${row}: two rows in ${table}`),
  'row-missing': lost(({ table, row }) => `${row}: no row in ${table}`),
  'row-invented': other(({ table, row }) => `${row}: a row in ${table}, and nothing in the log`),
  'sum-short': lost(differentSum),
  'sum-over': duplicated(differentSum),
  'offset-backwards': other(({ at, before }) => `${at}: comes after offset ${before}`),
  'version-jump': other(
    ({ aggregate, version, at, last }) => `${aggregate}: version ${version} at ${at} follows ${last}`,
  ),
  'aggregate-moved': other(({ aggregate, home, at }) => `${aggregate}: is in ${home} and at ${at}`),
  'cause-missing': other(({ command, cause }) => `${command}: its cause ${cause} is not in the log`),
  'command-overtaken': other(
    ({ command, cause, previous, previousCause }) =>
      `${command}: caused at ${cause}, but it follows ${previous}, caused at ${previousCause}`,
  ),
  'key-moved': other(
    ({ command, previous }) => `${command}: ${previous} has the same key in another partition`,
  ),
  'group-behind': lost(
    ({ position, records, from }) => `${position}: lags ${records} records behind, from ${from} on`,
  ),
  'position-beyond-end': lost(
    ({ position, next, end }) => `${position}: its position ${next} lies beyond the end ${end}`,
  ),
  'position-unknown': other(({ position }) => `${position}: its position was not looked up`),
  'partition-unread': other(({ position }) => `${position}: the log of the partition was not read`),
  'partition-unstable': other(
    ({ place, stable, end }) => `${place}: stable up to ${stable}, but its end is ${end}`,
  ),
  'topic-unread': other(({ reader, topic }) => `${reader}: the log of ${topic} was not read`),
  'place-not-in-log': other(({ reader, place }) => `${reader}: saw ${place}, which is not in the log`),
  'wrong-sight': other(({ reader, place, ...offsets }) => `${reader} in ${place}: ${differing(offsets)}`),
  'log-changed': other(({ place, ...offsets }) => `${place}: ${differing(offsets)}`),
  'not-read-again': other(({ place }) => `${place}: was not read again`),
  'log-odd': other(({ oddity }) => oddity),
};
