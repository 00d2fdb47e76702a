import { defineConfig } from 'vitest/config';

// A program that Pulumi's SDK runs takes two seconds alone, but many where all of these tests run at once.
const common = { testTimeout: 60_000, hookTimeout: 60_000 };

/** What the library loads only when it is needed, it loads with `require`. Vite has none for sources; tsx has. */
const lazySources = {
  name: 'lazy-sources',
  transform: (code: string, file: string) =>
    /\/lib\/.*\.ts$/.test(file)
      ? code.replaceAll(/\brequire\(("\.[^"]+"|'\.[^']+')\)/g, 'require("tsx/cjs/api").require($1, __filename)')
      : undefined,
};

export default defineConfig({
  test: {
    // Most of the time is spent on waiting for brokers, and for programs of Pulumi.
    maxWorkers: 3,
    projects: [
      {
        plugins: [lazySources],
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
        plugins: [lazySources],
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
