import { rmSync } from 'node:fs';

/** Removes the folders named on the command line: what a build made and the next one may not make again. */
for (const folder of process.argv.slice(2)) rmSync(folder, { recursive: true, force: true });
