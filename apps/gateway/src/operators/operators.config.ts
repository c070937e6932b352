import { readConfig, text } from '@atelier/boot';
import { z } from 'zod';

const settings = {
  OPERATOR_TOKEN: text(
    "the token of operators' requests, 4,000 visible ASCII characters at most, or leave it out",
  )
    .regex(/^[!-~]{1,4000}$/)
    .optional(),
  OPERATORS: z
    .enum(['open'])
    .optional()
    .describe("open, so that operators' requests need no token, or leave it out"),
};

/** Who may use the operators' routes: who has the token; without a token everybody, if they are open. */
export interface OperatorsConfig {
  readonly token: string | undefined;
  readonly open: boolean;
}

export const OPERATORS_CONFIG = Symbol('atelier:operators');

/** Where the gateway listens says nothing: a reverse proxy on the same machine reaches a loopback address for everybody. */
export function operatorsConfig(variables: NodeJS.ProcessEnv = process.env): OperatorsConfig {
  const { OPERATOR_TOKEN: token, OPERATORS } = readConfig(settings, variables);
  return Object.freeze({ token, open: OPERATORS === 'open' });
}
