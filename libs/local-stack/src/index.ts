export { Family } from './family.ts';
export { fetchParts, type Report } from './fetch-parts.ts';
export { defaultCacheDir, repositoryRoot } from './paths.ts';
export { freePort } from './ports.ts';
export { Program, type ProgramSpec } from './program.ts';
export { StackError, type StackErrorCode } from './stack-error.ts';
export { startStack, type Stack, type StackOptions } from './start-stack.ts';
