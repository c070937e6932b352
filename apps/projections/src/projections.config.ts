import { readModelConfig, serviceConfig } from '@atelier/boot';

export type ProjectionsConfig = ReturnType<typeof projectionsConfig>;

export const projectionsConfig = (variables: NodeJS.ProcessEnv = process.env) =>
  Object.freeze({ ...serviceConfig(variables), ...readModelConfig(variables) });
