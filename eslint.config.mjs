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
  regex: '^(?!\\./|\\.\\./(domain|generated)/|@atelier/contracts(/aggregates)?$|@atelier/eventing/domain$)',
  message: 'domain/, deciders and folds are pure: they import contracts, domain/ and what is beside them.',
};

/** The folders of the library, each with those that it may import. Whoever comes later may know those before it. */
const folders = {
  time: [],
  log: ['domain', 'time'],
  serde: ['domain', 'time', 'log'],
  ignored: ['domain', 'log', 'serde'],
  state: ['domain', 'log', 'serde', 'ignored'],
  failures: ['domain', 'time', 'log', 'serde'],
  engine: ['domain', 'time', 'log', 'serde', 'ignored', 'state', 'failures'],
  kafka: ['domain', 'time', 'log', 'serde', 'engine'],
  'hanging-transactions': ['domain', 'log', 'serde', 'engine', 'kafka'],
  memory: ['domain', 'time', 'log', 'serde', 'engine'],
  postgres: ['domain', 'time', 'log', 'serde', 'ignored', 'failures', 'engine'],
  nest: [
    'domain',
    'time',
    'log',
    'serde',
    'ignored',
    'state',
    'failures',
    'engine',
    'kafka',
    'hanging-transactions',
    'postgres',
  ],
  testing: ['domain', 'time', 'log', 'serde', 'ignored', 'failures', 'engine', 'memory', 'postgres', 'nest'],
};

/** Folders whose runs can be repeated: they have their time and their draws from whoever runs them (ADR 30). */
const repeatable = ['time', 'log', 'serde', 'ignored', 'state', 'failures', 'engine', 'memory', 'testing'];
const notTheMachines = 'Time and draws are ports: use Clock and Random (libs/eventing/src/time/clock.ts).';
const notTheSystemClock = { regex: '/system-clock\\.ts$', message: notTheMachines };
const withAndWithoutNode = (...names) => names.flatMap((name) => [name, `node:${name}`]);
const draws = [
  'getRandomValues',
  'generateKey',
  'generateKeyPair',
  'generateKeyPairSync',
  'generateKeySync',
  'randomBytes',
  'randomFill',
  'randomFillSync',
  'randomInt',
  'randomUUID',
  'randomUUIDv7',
  'webcrypto',
];
const machinesModules = [
  ...withAndWithoutNode('timers', 'timers/promises', 'perf_hooks').map((name) => ({
    name,
    message: notTheMachines,
  })),
  // By its default import, everything.
  ...withAndWithoutNode('crypto').map((name) => ({
    name,
    importNames: ['default', ...draws],
    message: notTheMachines,
  })),
];

/** Folders have folders of their own, which know each other. */
const depths = [
  ['*', '\\.\\./'],
  ['*/*', '\\.\\./\\.\\./'],
];

const layers = Object.entries(folders).flatMap(([folder, below]) =>
  depths.map(([at, up]) => ({
    files: [`libs/eventing/src/${folder}/${at}`],
    ignores: ['**/*.spec.ts', '**/*.features.ts', '**/hazards/**'],
    rules: {
      'no-restricted-imports': [
        'error',
        {
          ...(repeatable.includes(folder) && { paths: machinesModules }),
          patterns: [
            ...(folder === 'kafka' ? [] : [onlyKafkaKnowsTheClient]),
            ...(repeatable.includes(folder) && !['time', 'memory'].includes(folder)
              ? [notTheSystemClock]
              : []),
            {
              regex: `^${up}(\\.\\./)*(?!(${[folder, ...below].join('|')})/)[a-z-]+/`,
              message: `${folder}/ may import ${[...below, 'itself'].join(', ')} only: see ARCHITECTURE.md.`,
            },
          ],
        },
      ],
    },
  })),
);

const onlyMainsProperties = ['env', 'exit', 'exitCode'].map((property) => ({
  object: 'process',
  property,
  message: 'Only main.ts ends a process, and only *.config.ts reads its environment.',
}));

const errorWithoutCode = {
  selector:
    ':matches(ThrowStatement, ReturnStatement) > NewExpression[callee.name=/^(Error|RangeError|TypeError)$/]',
  message:
    'Errors of the library have a code, whether they are retryable, fields and a cause: EventingError.',
};

const machinesGlobals = ['setTimeout', 'setInterval', 'setImmediate', 'performance', 'crypto'].map(
  (name) => ({
    name,
    message: notTheMachines,
  }),
);

const machinesProperties = [
  ['Date', 'now'],
  ['Math', 'random'],
  ['AbortSignal', 'timeout'],
  ['process', 'hrtime'],
  ['process', 'uptime'],
  ...['Date', 'Math', 'AbortSignal', ...machinesGlobals.map(({ name }) => name)].flatMap((name) => [
    ['globalThis', name],
    ['global', name],
  ]),
].map(([object, property]) => ({ object, property, message: notTheMachines }));

/** `new Date()` and `Date()`: what time it is. */
const timeByDate = [
  { selector: "NewExpression[callee.name='Date'][arguments.length=0]", message: notTheMachines },
  { selector: "CallExpression[callee.name='Date']", message: notTheMachines },
];

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
    // The benchmark's is there to be measured.
    ['libs/eventing/src/kafka/**', 'libs/eventing/bench/kafkajs-copy.ts'],
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
      '**/bench/**',
      '**/hazards/**',
    ],
    rules: {
      'no-restricted-properties': ['error', ...onlyMainsProperties],
    },
  },
  {
    // What is thrown reaches users and operators. What nobody but a programmer can meet is excepted beside it, with the reason.
    files: ['libs/eventing/src/**'],
    ignores: ['**/*.spec.ts', '**/*.features.ts', '**/testing/**', '**/hazards/**', '**/kafka/wire/**'],
    rules: {
      'no-restricted-syntax': ['error', errorWithoutCode],
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
    files: ['libs/eventing/src/domain/**', 'libs/contracts/src/aggregates/**', '**/*.decider.ts'],
    ignores: ['**/*.spec.ts'],
    rules: { 'no-restricted-imports': ['error', { patterns: [pure] }] },
  },
  ...layers,
  {
    files: repeatable.map((folder) => `libs/eventing/src/${folder}/**`),
    ignores: ['**/time/system-clock.ts', '**/*.spec.ts', '**/*.features.ts'],
    rules: {
      'no-restricted-globals': ['error', ...machinesGlobals],
      'no-restricted-properties': ['error', ...onlyMainsProperties, ...machinesProperties],
      'no-restricted-syntax': ['error', errorWithoutCode, ...timeByDate],
    },
  },
  {
    // What a specification throws is for whoever writes one.
    files: ['libs/eventing/src/testing/**'],
    ignores: ['**/*.spec.ts'],
    rules: { 'no-restricted-syntax': ['error', ...timeByDate] },
  },
);
