import type { AnyDecider } from '@atelier/eventing/domain';
import { type Counts, DeciderCheck, type Difference } from './check.ts';
import { stepsOf, type Topics } from './from-log.ts';
import { readHistory } from './read-history.ts';

/** What the check of one decider has come to. */
export interface Checked {
  readonly decider: string;
  /** Whether the version of its folds is another one than that of the recorded states. */
  readonly raised: boolean;
  readonly counts: Counts;
  readonly differences: readonly Difference[];
}

/** Throws BadHistory. */
export async function checkText(text: string, deciders: readonly AnyDecider[]): Promise<readonly Checked[]> {
  const checks = deciders.map((rules) => ({ rules, check: new DeciderCheck(rules) }));
  const versions = new Map<AnyDecider, number>();
  for await (const { rules, version, step } of readHistory(text, deciders)) {
    await checks.find((each) => each.rules === rules)?.check.take(step);
    versions.set(rules, version);
  }
  return checks.map(({ rules, check }) => checked(rules, check, versions.get(rules)));
}

/** `passed` is called behind each partition. Throws LogError. */
export async function checkTopics(
  topicsOf: (rules: AnyDecider) => Topics,
  deciders: readonly AnyDecider[],
  passed?: () => void,
): Promise<readonly Checked[]> {
  const all: Checked[] = [];
  for (const rules of deciders) {
    const check = new DeciderCheck(rules);
    for await (const step of stepsOf(topicsOf(rules), rules, passed)) await check.take(step);
    all.push(checked(rules, check));
  }
  return all;
}

function checked(rules: AnyDecider, { counts, differences }: DeciderCheck, version = rules.version): Checked {
  return { decider: rules.group, raised: rules.version !== version, counts, differences };
}
