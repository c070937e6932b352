import { readFile } from 'node:fs/promises';

const project = {
  rootDir: import.meta.dirname,
  extensionsToTreatAsEsm: ['.ts'],
  transform: { '^.+\\.ts$': ['@swc/jest', await swcOptions()] },
  testEnvironment: 'node',
  testEnvironmentOptions: { customExportConditions: ['source', 'node'] },
  modulePathIgnorePatterns: ['/dist/', '/\\.data/', '/\\.cache/', '/\\.faults/'],
  watchPathIgnorePatterns: ['/\\.data/'],
};

/** The build's own options; `swcrc: false`, because that file leaves specs out of the build. */
async function swcOptions() {
  const { jsc, module, sourceMaps } = JSON.parse(await readFile(new URL('.swcrc', import.meta.url), 'utf8'));
  return { swcrc: false, jsc: { ...jsc, rewriteRelativeImportExtensions: false }, module, sourceMaps };
}

/** Not a glob: the path that the project lies below may have characters that mean something in one. */
function below(regex) {
  return `^${RegExp.escape(import.meta.dirname)}/${regex}`;
}

/** `unit` needs nothing but Node; `real` has Kafka, the registry, Postgres and SMTP, started once. */
export default {
  projects: [
    {
      ...project,
      displayName: 'unit',
      testRegex: [below('(apps|libs|tools)/.*\\.spec\\.ts$'), below('scripts/.*\\.spec\\.mjs$')],
      testPathIgnorePatterns: ['/node_modules/', '\\.real\\.spec\\.ts$'],
    },
    {
      ...project,
      displayName: 'real',
      testRegex: [below('(apps|libs)/.*\\.real\\.spec\\.ts$'), below('tests/.*\\.spec\\.ts$')],
      globalSetup: '<rootDir>/tests/harness/jest/setup.ts',
      globalTeardown: '<rootDir>/tests/harness/jest/teardown.ts',
      setupFilesAfterEnv: ['<rootDir>/tests/harness/jest/patient.ts'],
    },
  ],
  // Two files at once share one broker, and fit two cores: most specs wait most of the time.
  maxWorkers: 2,
  testSequencer: '<rootDir>/tests/harness/jest/spread-platforms.mjs',
  reporters: ['<rootDir>/tests/harness/jest/keep-logs.mjs', 'default'],
  // Of the unit specs; see tests/harness/jest/patient.ts for the others.
  testTimeout: 300_000,
};
