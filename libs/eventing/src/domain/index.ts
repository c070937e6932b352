export * from './contract.ts';
export * from './decider.ts';
export * from './delay.ts';
export * from './duration.ts';
export * from './errors.ts';
export * from './message.ts';
export * from './side-topics.ts';
export * from './topic.ts';
