import { duration, readConfig, serviceConfig, stateConfig } from '@atelier/boot';

const shortestMs = 100;

/** How transactions are watched, as far as the one who runs the service decides it. */
export abstract class TransactionsConfig {
  /** Milliseconds between two looks for hanging transactions. */
  abstract readonly watchMs: number;
}

export const settings = {
  TRANSACTIONS_WATCH: duration('1s')
    .refine((ms) => ms >= shortestMs)
    .describe(`a duration of ${shortestMs}ms or more, like 500ms or 1s`),
};

export const transactionsConfig = (variables: NodeJS.ProcessEnv = process.env) =>
  Object.freeze({
    ...serviceConfig(variables),
    ...stateConfig(variables),
    watchMs: readConfig(settings, variables).TRANSACTIONS_WATCH,
  });
