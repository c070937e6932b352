import { readModelConfig, serviceConfig } from '@atelier/boot';
import { operatorsConfig } from './operators/operators.config.ts';
import { welcomeConfig } from './welcome/welcome.config.ts';

export type GatewayConfig = ReturnType<typeof gatewayConfig>;

export const gatewayConfig = (variables: NodeJS.ProcessEnv = process.env) =>
  Object.freeze({
    ...serviceConfig(variables),
    ...readModelConfig(variables),
    operators: operatorsConfig(variables),
    welcome: welcomeConfig(variables),
  });
