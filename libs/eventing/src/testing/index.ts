export { type ClasslessGroup, type Declaration } from './declaration.ts';
export * from './group-host.ts';
export * from './run-group.ts';
export * from './same-fold.ts';
export * from './simulation.ts';
export * from './spec-broker.ts';
export * from './spec-faults.ts';
export * from './specification.ts';
