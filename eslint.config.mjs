import { readdirSync } from 'node:fs';
import js from '@eslint/js';
import { defineConfig } from 'eslint/config';
import ts from 'typescript-eslint';

const services = readdirSync(new URL('apps', import.meta.url));

/** Folders of `tests` that must not know each other. */
const suites = readdirSync(new URL('tests', import.meta.url), { withFileTypes: true })
  .filter((entry) => entry.isDirectory() && entry.name !== 'harness')
  .map(({ name }) => name);

const restricted = (files, ...patterns) => ({
  files,
  rules: { 'no-restricted-imports': ['error', { patterns }] },
});

/** Refuses imports that cross a boundary of the architecture. */
const boundary = (files, ignores, group, message) => ({ ...restricted(files, { group, message }), ignores });

const notAnotherService = {
  group: services.map((service) => `@atelier/${service}`),
  message: 'Services talk through topics only: they never import each other.',
};
const onlyKafkaKnowsTheClient = {
  group: ['kafkajs', 'kafkajs/*'],
  message: 'Only libs/eventing/src/kafka knows the Kafka client: use its ports.',
};

/** What decides imports what is declared beside it, contracts and the words of the library, and nothing that runs. */
const pure = {
  regex: '^(?!\\./|\\.\\./domain/|@atelier/contracts$|@atelier/eventing/domain$)',
  message: 'domain/ and deciders are pure: they import contracts, domain/ and what is beside them.',
};

/** The folders of the library, each with those that it may import. Whoever comes later may know those before it. */
const folders = {
  log: ['domain'],
  serde: ['domain', 'log'],
  ignored: ['domain', 'log', 'serde'],
  state: ['domain', 'log', 'serde', 'ignored'],
  failures: ['domain', 'log', 'serde'],
  engine: ['domain', 'log', 'serde', 'ignored', 'state', 'failures'],
  kafka: ['domain', 'log', 'serde', 'engine'],
  transactions: ['domain', 'log', 'serde', 'engine', 'kafka'],
  memory: ['domain', 'log', 'serde', 'engine'],
  postgres: ['domain', 'log', 'serde', 'ignored', 'failures', 'engine'],
  nest: [
    'domain',
    'log',
    'serde',
    'ignored',
    'state',
    'failures',
    'engine',
    'kafka',
    'transactions',
    'postgres',
  ],
  testing: ['domain', 'log', 'serde', 'ignored', 'failures', 'engine', 'memory', 'postgres', 'nest'],
};

const layers = Object.entries(folders).map(([folder, below]) => ({
  files: [`libs/eventing/src/${folder}/**`],
  ignores: ['**/*.spec.ts', '**/*.features.ts', '**/hazards/**'],
  rules: {
    'no-restricted-imports': [
      'error',
      {
        patterns: [
          ...(folder === 'kafka' ? [] : [onlyKafkaKnowsTheClient]),
          {
            regex: `^(\\.\\./)+(?!(${[folder, ...below].join('|')})/)[a-z]+/`,
            message: `${folder}/ may import ${[...below, 'itself'].join(', ')} only: see ARCHITECTURE.md.`,
          },
        ],
      },
    ],
  },
}));

const noSuite = (names) => ({
  regex: `^(\\.\\./)+(${names.join('|')})/`,
  message: 'Suites do not know each other: what they share is in tests/harness.',
});

/** `outages` is the program that runs two of them. */
const parts = { outages: ['dependencies-down', 'redrive-under-kills'] };

function notAnotherSuite(suite) {
  const others = suites.filter((name) => name !== suite && !parts[suite]?.includes(name));
  // The fault tests break brokers, and look at them past the library.
  const client = suite === 'exactly-once' ? [] : [onlyKafkaKnowsTheClient];
  return restricted([`tests/${suite}/**`], noSuite(others), ...client);
}

export default defineConfig(
  {
    ignores: [
      '**/dist/**',
      '**/node_modules/**',
      '.nx/**',
      '.cache/**',
      '.data/**',
      '.faults/**',
      '**/generated/**',
    ],
  },
  js.configs.recommended,
  ...ts.configs.strict,
  {
    languageOptions: {
      globals: {
        process: 'readonly',
        console: 'readonly',
        URL: 'readonly',
        fetch: 'readonly',
        setTimeout: 'readonly',
        clearTimeout: 'readonly',
        AbortController: 'readonly',
        AbortSignal: 'readonly',
        Buffer: 'readonly',
      },
    },
    rules: {
      '@typescript-eslint/no-extraneous-class': 'off',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      '@typescript-eslint/no-non-null-assertion': 'error',
      '@typescript-eslint/no-invalid-void-type': 'off',
      'no-redeclare': 'off',
      '@typescript-eslint/no-redeclare': 'off',
    },
  },
  {
    // A message type and its builder share one name, so the compiler looks after redeclarations.
    files: ['**/*.ts'],
    rules: { 'no-undef': 'off' },
  },
  boundary(
    ['apps/**', 'libs/**'],
    ['libs/eventing/src/kafka/**'],
    onlyKafkaKnowsTheClient.group,
    onlyKafkaKnowsTheClient.message,
  ),
  {
    // So that a spec can build any service's module, with the settings that it wants.
    files: ['apps/**/*.ts', 'libs/{boot,contracts,eventing,read-model}/**/*.ts'],
    ignores: [
      '**/main.ts',
      '**/*.main.ts',
      '**/*.config.ts',
      '**/*.spec.ts',
      '**/testing/**',
      '**/fixtures/**',
      '**/hazards/**',
    ],
    rules: {
      'no-restricted-properties': [
        'error',
        ...['env', 'exit', 'exitCode'].map((property) => ({
          object: 'process',
          property,
          message: 'Only main.ts ends a process, and only *.config.ts reads its environment.',
        })),
      ],
    },
  },
  {
    // What is thrown reaches users and operators. What nobody but a programmer can meet is excepted beside it, with the reason.
    files: ['libs/eventing/src/**'],
    ignores: ['**/*.spec.ts', '**/*.features.ts', '**/testing/**', '**/hazards/**', '**/kafka/wire/**'],
    rules: {
      'no-restricted-syntax': [
        'error',
        {
          selector:
            ':matches(ThrowStatement, ReturnStatement) > NewExpression[callee.name=/^(Error|RangeError|TypeError)$/]',
          message:
            'Errors of the library have a code, whether they are retryable, fields and a cause: EventingError.',
        },
      ],
    },
  },
  ...suites.map(notAnotherSuite),
  restricted(['tests/harness/**'], noSuite(suites)),
  restricted(['tools/**'], onlyKafkaKnowsTheClient, {
    group: ['**/tests/**'],
    message: 'Tests use the tools, and not the other way round.',
  }),
  ...services.map((service) => ({
    files: [`apps/${service}/**`],
    rules: {
      'no-restricted-imports': [
        'error',
        {
          patterns: [
            notAnotherService,
            onlyKafkaKnowsTheClient,
            { group: ['../../*/src/*', '../../../*/src/*'], message: notAnotherService.message },
          ],
        },
      ],
    },
  })),
  {
    files: ['libs/eventing/src/domain/**', '**/*.decider.ts'],
    ignores: ['**/*.spec.ts'],
    rules: { 'no-restricted-imports': ['error', { patterns: [pure] }] },
  },
  ...layers,
);
