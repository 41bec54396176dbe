/** What lint checks beyond the compiler: promises that nobody awaits, any in disguise, and leftovers. */

import javascript from '@eslint/js';
import svelte from 'eslint-plugin-svelte';
import globals from 'globals';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import typescript from 'typescript-eslint';

const projectRoot = dirname(dirname(fileURLToPath(import.meta.url)));

/** Rules that ask for types cost as much as compiling: the program is worth it, tests are compiled and run anyway. */
const programFiles = ['electron/**/*.ts', 'native-models/**/*.ts', 'renderer/**/*.ts'];

export default typescript.config(
  { ignores: ['**/.*', 'node_modules/**', 'dist/**', '.kindred/**', 'coverage/**'] },
  javascript.configs.recommended,
  {
    files: ['**/*.mjs'],
    languageOptions: { globals: globals.node, ecmaVersion: 2024 },
  },
  {
    files: ['**/*.ts'],
    extends: [typescript.configs.recommended],
    rules: { '@typescript-eslint/consistent-type-imports': 'error' },
  },
  {
    files: programFiles,
    languageOptions: {
      parserOptions: { project: ['./tsconfig.json', './renderer/tsconfig.json'], tsconfigRootDir: projectRoot },
    },
    rules: {
      '@typescript-eslint/await-thenable': 'error',
      '@typescript-eslint/no-base-to-string': 'error',
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-misused-promises': ['error', { checksVoidReturn: { arguments: false } }],
      '@typescript-eslint/no-unsafe-argument': 'error',
      '@typescript-eslint/no-unsafe-call': 'error',
      '@typescript-eslint/no-unsafe-member-access': 'error',
      '@typescript-eslint/only-throw-error': 'error',
      '@typescript-eslint/prefer-promise-reject-errors': 'error',
      // Numbers as strings sort wrongly.
      '@typescript-eslint/require-array-sort-compare': ['error', { ignoreStringArrays: true }],
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
    },
  },
  ...svelte.configs.recommended,
  {
    files: ['renderer/**/*.svelte'],
    languageOptions: { parserOptions: { parser: typescript.parser } },
  },
  {
    // Runes are calls like any other to this parser; the plugin's would compile the whole program anew for every file.
    files: ['**/*.svelte.ts'],
    languageOptions: { parser: typescript.parser },
  },
  {
    files: ['renderer/**/*.{ts,svelte}', 'test/renderer/**/*.ts'],
    languageOptions: { globals: { ...globals.browser, ...globals.node } },
  },
  {
    files: ['renderer/**/*.{svelte,svelte.ts}', 'test/renderer/**/*.ts'],
    rules: {
      // Most sets and maps here are worked with in one function and never drawn.
      'svelte/prefer-svelte-reactivity': 'off',
    },
  },
  {
    // What they take from components has types that svelte-check alone knows.
    files: ['renderer/**/*-dialogs.ts'],
    rules: {
      '@typescript-eslint/no-unsafe-argument': 'off',
      '@typescript-eslint/no-unsafe-member-access': 'off',
    },
  },
  {
    files: ['electron/**/*.ts', 'native-models/**/*.ts', 'renderer/**'],
    rules: { 'no-console': 'error' },
  },
  {
    rules: {
      // The compiler knows better what is defined.
      'no-undef': 'off',
      'no-unused-vars': 'off',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_', destructuredArrayIgnorePattern: '^_', ignoreRestSiblings: true }],
      eqeqeq: ['error', 'always', { null: 'ignore' }],
      // Names with control characters in them are what some patterns here look for.
      'no-control-regex': 'off',
    },
    plugins: { '@typescript-eslint': typescript.plugin },
  },
);
