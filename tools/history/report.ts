import { stringifyExactly } from '@atelier/contracts';
import { type ConsumedRecord, header } from '@atelier/eventing/log';
import type { Opened } from '@atelier/eventing/serde';
import { table } from '../table.ts';
import type { Difference, Outcome } from './check.ts';
import type { Checked } from './checked.ts';
import { differenceIn, toPlain } from './plain.ts';

export interface Told {
  /** Where a record stands, for people. */
  readonly placeOf: (record: ConsumedRecord) => string;
  /** How many differences are told of each decider. */
  readonly most: number;
  /** What is to be done about differences that are meant, behind "If it is, ". */
  readonly ifMeant: string;
}

export function report(checked: readonly Checked[], { placeOf, most, ifMeant }: Told): string {
  const different = checked.reduce((sum, { differences }) => sum + differences.length, 0);
  const told = checked.flatMap(({ differences }) =>
    differences.slice(0, most).map((difference) => toldOf(difference, placeOf)),
  );
  const left = different - told.length;
  const others = left > 0 ? [`And ${left} more: see them with --most ${different}.`] : [];
  return [...told, ...others, tableOf(checked), closing(checked, different, ifMeant)].join('\n\n');
}

function tableOf(checked: readonly Checked[]): string {
  const rows = checked.map(({ decider, counts: { aggregates, decided, folded }, differences }) =>
    [decider, aggregates, decided, folded, differences.length].map(String),
  );
  return table([['decider', 'aggregates', 'decided again', 'folded', 'different'], ...rows]);
}

function closing(checked: readonly Checked[], different: number, ifMeant: string): string {
  if (different === 0) return 'All is decided and folded as it was.';
  const folding = checked.filter(({ raised, differences }) => !raised && differences.some(isFold));
  const names = folding.map(({ decider }) => decider).join(' and ');
  const raise = names ? `raise the version of ${names}, so that state on disk is rebuilt, and ` : '';
  const differ = different === 1 ? '1 aggregate differs' : `${different} aggregates differ`;
  return `${differ}. If that is not meant, mend the decider. If it is, ${raise}${ifMeant}.`;
}

const isFold = ({ recorded }: Difference) => recorded?.kind !== 'answer';

function toldOf(difference: Difference, placeOf: (record: ConsumedRecord) => string): string {
  const { decider, aggregate, of, before, recorded, now } = difference;
  const { headers } = of.record;
  const type = header(headers, 'ce_type') ?? 'a record';
  const verb = recorded?.kind === 'answer' ? 'decides' : 'folds';
  const rows = [
    [
      'at',
      `${placeOf(of.record)}, ${header(headers, 'ce_time') ?? ''}, id ${header(headers, 'ce_id') ?? ''}`,
    ],
    ['message', messageText(of)],
    ['state before', textOf(before)],
    ['recorded', recorded ? outcomeText(recorded) : 'it was folded'],
    ['now', outcomeText(now)],
  ];
  const where =
    recorded && recorded.kind === now.kind ? differenceIn(inner(recorded), inner(now)) : undefined;
  if (where) rows.push(['differs at', where]);
  const facts = rows.map(([name = '', text = '']) => `  ${name.padEnd(14)}${text}`);
  return [`${decider} ${verb} ${type} of ${aggregate} differently`, ...facts].join('\n');
}

function inner(outcome: Outcome) {
  if (outcome.kind === 'answer') return toPlain(outcome.events);
  return toPlain(outcome.kind === 'state' ? outcome.state : outcome.why);
}

function outcomeText(outcome: Outcome): string {
  switch (outcome.kind) {
    case 'answer':
      return outcome.events.map(({ type, data }) => `${type} ${textOf(data)}`).join(' ') || 'no event';
    case 'state':
      return textOf(outcome.state);
    case 'failed':
      return outcome.why;
  }
}

const messageText = (opened: Opened) =>
  'error' in opened
    ? opened.error.message
    : opened.messages.map(({ type, data }) => `${type} ${textOf(data)}`).join(' ');

const textOf = (value: unknown) => stringifyExactly(value);
