export { boot, type BootOptions } from './boot.ts';
export { parseDuration } from './duration.ts';
export { forgetPostgresVariables } from './postgres-variables.ts';
export { explain } from './refuse-to-start.ts';
export { ConfigError, parseConfig, readConfig } from './read-config.ts';
export { ReadinessCheck } from './readiness.ts';
export { readModelConfig, serviceConfig, type ServiceConfig, stateConfig } from './service.config.ts';
export * from './variables.ts';
