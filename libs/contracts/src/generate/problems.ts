import { posix } from 'node:path';

/** What is wrong with a schema file, or with a file beside them, in one sentence. */
export interface Problem {
  /** As it is named everywhere: `orders.events/OrderPlaced.v2.avsc`, from the directory of the schemas. */
  readonly file: string;
  /** From 1. */
  readonly line?: number | undefined;
  readonly text: string;
}

const DIRECTORY = 'libs/contracts/schemas';

/** `libs/contracts/schemas/orders.events/OrderPlaced.v2.avsc:7`: terminals and editors open it. */
export const placeOf = ({ file, line }: Pick<Problem, 'file' | 'line'>) =>
  `${posix.join(DIRECTORY, file)}${line === undefined ? '' : `:${line}`}`;

/** Schemas that nothing is made of, and nothing is deployed of. Its message has a line for each problem. */
export class InvalidSchemas extends Error {
  readonly problems: readonly Problem[];

  constructor(problems: readonly Problem[]) {
    super(problems.map((problem) => `${placeOf(problem)} ${problem.text}`).join('\n'));
    this.problems = problems;
  }
}
