import js from '@eslint/js';
import { defineConfig } from 'eslint/config';
import ts from 'typescript-eslint';

const services = [
  'gateway',
  'orders',
  'inventory',
  'notifications',
  'projections',
  'dead-letters',
  'transactions',
];

/** Refuses imports that cross a boundary of the architecture. */
const boundary = (files, ignores, group, message) => ({
  files,
  ignores,
  rules: { 'no-restricted-imports': ['error', { patterns: [{ group, message }] }] },
});

const notAnotherService = {
  group: services.map((service) => `@atelier/${service}`),
  message: 'Services talk through topics only: they never import each other.',
};
const onlyKafkaKnowsTheClient = {
  group: ['kafkajs', 'kafkajs/*'],
  message: 'Only libs/eventing/src/kafka knows the Kafka client: use its ports.',
};

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
    ['apps/**', 'libs/**', 'tests/**'],
    // Fault tests break brokers, and look at them past the library.
    ['libs/eventing/src/kafka/**', 'tests/faults/**'],
    onlyKafkaKnowsTheClient.group,
    onlyKafkaKnowsTheClient.message,
  ),
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
    files: ['libs/eventing/src/domain/**'],
    ignores: ['**/*.spec.ts'],
    rules: {
      'no-restricted-imports': [
        'error',
        { patterns: [{ regex: '^(?!\\./)', message: 'domain/ is pure: it imports nothing but itself.' }] },
      ],
    },
  },
);
