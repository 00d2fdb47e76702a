import { defineConfig } from 'vitest/config';

const common = { testTimeout: 30_000, hookTimeout: 30_000 };

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          ...common,
          name: 'unit',
          include: ['test/**/*.test.ts'],
          exclude: ['test/faults/**', 'test/package/**'],
          sequence: { groupOrder: 0 },
        },
      },
      // They load the machine, and would disturb the others.
      {
        test: {
          ...common,
          name: 'faults',
          testTimeout: 120_000,
          include: ['test/faults/**/*.test.ts'],
          fileParallelism: false,
          sequence: { groupOrder: 1 },
        },
      },
      // Installs from a registry: not part of `npm test`.
      {
        test: {
          ...common,
          name: 'package',
          testTimeout: 300_000,
          hookTimeout: 300_000,
          include: ['test/package/**/*.test.ts'],
          sequence: { groupOrder: 2 },
        },
      },
    ],
  },
});
