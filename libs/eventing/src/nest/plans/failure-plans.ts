import { ConfigurationError, type GroupSpec, milliseconds, parksKeys } from '../../domain/index.ts';
import type { DeclaredErrors } from '../../failures/classification.ts';
import { type FailurePlan, pure } from '../../failures/failure-plan.ts';
import type { WhenUnknown } from '../../serde/unknown-records.ts';
import type { EffectOptions, Guarantee, Ordering } from '../handlers.ts';

const HOUR_MS = 60 * 60 * 1000;

/** What an effect declares about its failures. Throws when its entry in the catalogue says something else. */
export function effectFailures(facts: EffectOptions, spec: GroupSpec): FailurePlan {
  const { group, unknown = 'dead-letter', guarantee } = facts;
  refuseWaiting(group, unknown, guarantee);
  const plan = { ...(facts.guarantee === 'at-most-once' ? single(group) : repeated(facts)), unknown };
  const { retries = 0 } = spec;
  if (plan.delaysMs.length !== retries)
    throw new ConfigurationError(
      'RETRIES_DIFFER',
      `${group} declares ${plan.delaysMs.length} delays, and its entry in the catalogue has retries: ${retries}. Make them equal, then deploy: each delay has a topic`,
      { fields: { group, retries } },
    );
  refuseOrdering(plan, spec);
  return plan;
}

interface PureFacts {
  readonly ordering?: Ordering;
  readonly errors?: DeclaredErrors;
  readonly unknown?: WhenUnknown;
  readonly guarantee?: Guarantee;
}

/** A policy or projection. Throws when its entry in the catalogue says something else. */
export function pureFailures(facts: PureFacts, spec: GroupSpec): FailurePlan {
  const { ordering = 'key', errors, unknown = 'dead-letter', guarantee } = facts;
  refuseWaiting(spec.group, unknown, guarantee);
  const plan = { ...pure(spec.group, ordering, errors), unknown };
  refuseOrdering(plan, spec);
  return plan;
}

function refuseWaiting(group: string, unknown: WhenUnknown, guarantee: Guarantee | undefined): void {
  if (unknown !== 'wait' || guarantee !== 'at-most-once') return;
  throw new ConfigurationError(
    'CANNOT_WAIT',
    `${group} declares unknown: 'wait', and is at-most-once: its position is before each record, which would be lost. Choose 'dead-letter' or 'skip'`,
    { fields: { group } },
  );
}

function refuseOrdering({ group, ordering }: FailurePlan, spec: GroupSpec): void {
  const parks = parksKeys(spec);
  if ((ordering === 'key') === parks) return;
  throw new ConfigurationError(
    'ORDERING_DIFFERS',
    `${group} declares ordering: '${ordering}', and its entry in the catalogue has parks: ${parks}. Make them agree, then deploy`,
    { fields: { group, ordering, parks } },
  );
}

function repeated(facts: Exclude<EffectOptions, { guarantee: 'at-most-once' }>): FailurePlan {
  const { group, retry = {}, ordering = 'none', errors = {} } = facts;
  return {
    group,
    ordering,
    errors,
    otherwise: 'retryable',
    immediate: retry.immediate ?? 2,
    delaysMs: (retry.delays ?? []).map(milliseconds),
    withinMs: retry.within === undefined ? HOUR_MS : milliseconds(retry.within),
  };
}

const single = (group: string): FailurePlan => ({
  group,
  ordering: 'none',
  otherwise: 'fatal',
  immediate: 0,
  delaysMs: [],
  withinMs: 0,
  once: true,
});

const UNKNOWN: Readonly<Record<WhenUnknown, string>> = {
  skip: 'skipped',
  'dead-letter': 'dead letter',
  wait: 'wait',
};

/** The plan in a few words, for the line that is printed at boot. */
export function describeFailures({ immediate, delaysMs, ordering, unknown }: FailurePlan): string {
  const attempts = immediate > 0 ? [`${immediate + 1} attempts at once`] : [];
  const delays = delaysMs.map((ms) => `again after ${ms / 1_000} s`);
  const end = ordering === 'key' ? 'dead letter, its key parked' : 'dead letter';
  return `${[...attempts, ...delays, end].join(', ')}; unknown types: ${UNKNOWN[unknown ?? 'dead-letter']}`;
}
