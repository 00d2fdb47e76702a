import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { pluginSchema } from './plugin-schema';

const file = path.join(__dirname, '..', 'lib', 'pulumi', 'plugin', 'schema.json');
writeFileSync(file, `${JSON.stringify(pluginSchema(), undefined, 2)}\n`);
