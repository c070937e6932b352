import type { Random } from '../../tools/random.ts';
import type { Violation } from '../harness/checks/violation.ts';
import { type Answer, Operator } from './operator.ts';

/** Ways to ask for one redrive twice at the same moment: who clicks, and under which keys. */
const ways = {
  'a double click': [
    ['ada', 'one-key'],
    ['ada', 'one-key'],
  ],
  'one operator in two windows': [
    ['ada', 'one-key'],
    ['ada', 'another-key'],
  ],
  'two operators at once': [
    ['ada', 'one-key'],
    ['grace', 'another-key'],
  ],
} as const;

/** Redrives each of these dead letters twice at once, in one of the ways. Answers what was not answered as it should. */
export async function clickTwice(
  gateway: string,
  ids: readonly string[],
  random: Random,
): Promise<Violation[]> {
  const violations: Violation[] = [];
  for (const letter of ids) {
    const [[way, clicks] = ['none', []]] = random.some(1, Object.entries(ways));
    const answers = clicks.map(([name, key]) =>
      new Operator(gateway, name).post(`/v1/dead-letters/${letter}/redrive`, `${letter}-${key}`, {
        reason: way,
      }),
    );
    const answer = judge(way, await Promise.all(answers));
    if (answer !== undefined) violations.push({ kind: 'click-answered-wrongly', letter, way, answer });
  }
  return violations;
}

/** One is asked for; whoever comes second is told so, or, under the same key, has the same answer. */
function judge(way: string, answers: readonly Answer[]): string | undefined {
  const said = answers.map(({ status, body }) => `${status} ${String(body['refusal'] ?? body['status'])}`);
  const fits = said.every((each) => /^202 (requested|accepted)$|^409 (under-way|handled)$/.test(each));
  const requested = said.filter((each) => each === '202 requested').length;
  if (!fits) return `it was answered ${answers.map((each) => JSON.stringify(each)).join(' and ')}`;
  if (way === 'a double click' ? said.some((each) => each.startsWith('409')) : requested > 1)
    return `it was answered ${said.join(' and ')}`;
  return undefined;
}
