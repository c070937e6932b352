import { createHash } from 'node:crypto';
import { inspect } from 'node:util';
import { type AnyDecider, type Message, newest, type Received } from '../domain/index.ts';
import { given } from './specification.ts';

type History = readonly (Message | Received)[];

/** A version of a decider, and what `expectSameFold` said of it. */
export interface KnownFold {
  readonly version: number;
  readonly fingerprint: string;
}

/**
 * Throws a sentence that says what to do when a decider folds these histories, each of one aggregate, into other states than it
 * did, and its version is not raised: state on disk would keep the old meaning. Each of its events has to be in one of them.
 */
export function expectSameFold(rules: AnyDecider, histories: readonly History[], known: KnownFold): void {
  const { group, version } = rules;
  const seen = new Set(
    histories.flat().flatMap((event) => newest(rules.events, event).map(({ type }) => type)),
  );
  const missing = Object.keys(rules.events.types).filter((type) => !seen.has(type));
  if (missing.length > 0) throw new Error(`${group} folds ${missing.join(', ')}: add it to these histories`);
  const states = histories.map((history) => statesOf(rules, history));
  const fingerprint = `${hash(histories)}.${hash([rules.initial, states])}`;
  if (fingerprint === known.fingerprint && version === known.version) return;
  const now = `{ version: ${version}, fingerprint: '${fingerprint}' }`;
  const sameHistories = fingerprint.split('.')[0] === known.fingerprint.split('.')[0];
  if (version === known.version && sameHistories)
    throw new Error(
      `${group} folds into another state than before, and its version is still ${version}: raise the version, so that state on disk is rebuilt, and give what this says then`,
    );
  throw new Error(
    `${group} is known as version ${known.version} of ${sameHistories ? 'these' : 'other'} histories: give ${now}${sameHistories ? '' : ', if its folds are what they were'}`,
  );
}

/** The state after each event. */
const statesOf = (rules: AnyDecider, history: History) =>
  history.map((_, index) => given(rules, history.slice(0, index + 1)).state());

function hash(value: unknown): string {
  const whole = { depth: Infinity, sorted: true, maxArrayLength: null, maxStringLength: null };
  const text = inspect(value, { ...whole, compact: true, breakLength: Infinity });
  return createHash('sha256').update(text).digest('hex').slice(0, 12);
}
