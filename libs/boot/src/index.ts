export { boot, type BootOptions, createApp, type Service } from './boot.ts';
export { explain } from './explain.ts';
export { ConfigError, readConfig } from './read-config.ts';
export { ReadinessCheck } from './readiness.ts';
export { readModelConfig } from './read-model.config.ts';
export { serviceConfig, type ServiceConfig, stateConfig } from './service.config.ts';
export * from './variables.ts';
