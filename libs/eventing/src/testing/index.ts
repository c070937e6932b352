export * from './broker-faults.ts';
export * from './run-group.ts';
export * from './same-fold.ts';
export * from './simulation.ts';
export * from './spec-broker.ts';
export * from './specification.ts';
