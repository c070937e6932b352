import { serviceConfig, stateConfig } from '@atelier/boot';

export type DeadLettersConfig = ReturnType<typeof deadLettersConfig>;

export const deadLettersConfig = (variables: NodeJS.ProcessEnv = process.env) =>
  Object.freeze({ ...serviceConfig(variables), ...stateConfig(variables) });
