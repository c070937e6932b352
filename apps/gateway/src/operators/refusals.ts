import { REDRIVE_DAYS, REDRIVE_LIMIT } from '@atelier/contracts';
import { notFound, Problem } from '../problem/problem.ts';

/** What the decider's word means, and what to do about it. */
const advice: ReadonlyMap<string, string> = new Map(
  Object.entries({
    'under-way': 'it is being redriven: wait until that was handled, or has failed again',
    handled: 'it was handled: there is nothing left to do',
    discarded: 'it was discarded: restore it first',
    'record-missing':
      'its record is not on its dead-letter topic, so there is nothing to give back: settle by hand what it was about, and discard it',
    'unknown-group':
      'the catalogue does not have its group: deploy the one that does to the service dead-letters',
    'too-large':
      'its copy is larger than what its topic takes: redrive a shorter value, or settle it by hand and discard it',
    'unreadable-batch':
      'it is a whole batch that could not be read, and there is no record to give back: take it from its dead-letter topic, publish anew what matters of it, and discard it',
    'not-discarded': 'it is not discarded',
    limit: `it was redriven ${REDRIVE_LIMIT} times and has failed each time: say "force": true to redrive it all the same`,
    'too-old': `it failed more than ${REDRIVE_DAYS} days ago, and what it was about may be settled otherwise: say "force": true to redrive it all the same`,
    over: 'it is over',
    ended:
      'it has ended: nothing is hidden behind it any more. If its producer has another one open there by now, say its startOffset',
    'other-outcome-requested':
      'another outcome was requested, and is being written: wait until the list says what came of it',
    exists: 'it was started before: read it',
    empty: 'there is nothing to redrive',
    'not-events': 'it is not on an events topic, where only records that are no events are ignored',
    event: 'it is an event, which can be folded, and every reader of its topic may have handled it',
    'other-release':
      'it has a type, a version or a symbol that this release does not know and another one may: deploy the release that knows it, and its readers go on; where there is none any more, deploy one that has its schema',
    versioned:
      'it says which version of an aggregate it is, and the version after it would not follow if it were left out: where it is none all the same, say "force": true',
  }),
);

export const adviceOn = (refusal: string) => advice.get(refusal) ?? refusal;

/** The problem of a refusal: 404 for what is unknown, or else 409. `action`: `redrive`, `discard`, ... */
export function refused(action: string, what: string, refusal: string): Problem {
  if (refusal === 'unknown') return notFound(what);
  const detail = `The ${action} of ${what} was refused: ${adviceOn(refusal)}`;
  return new Problem(409, `${action}-refused`, detail, { extensions: { refusal } });
}
