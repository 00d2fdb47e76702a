import Module, { createRequire } from 'node:module';
import path from 'node:path';
import * as components from '../lib/pulumi/plugin/components';

const FOLDER = path.join(__dirname, '..', 'lib', 'pulumi', 'plugin');
const ENTRY = { main: 'components.ts' };
const PACKAGE = 'edge-inference';
const DESCRIPTION = 'KServe models behind an Application Load Balancer, with certificates, DNS and logins';

/** What `npm run schema` writes, and a test compares: how programs in other languages see the components. */
export function pluginSchema(): unknown {
  const { Analyzer, generateSchema } = analyzer();
  const names = new Set(Object.keys(components));
  const {
    components: resources,
    typeDefinitions,
    dependencies,
  } = new Analyzer(FOLDER, PACKAGE, ENTRY, names).analyze();
  // The version is added by whoever serves it.
  const { version: _, ...schema } = generateSchema(PACKAGE, '', DESCRIPTION, resources, typeDefinitions, dependencies);
  return JSON.parse(JSON.stringify(schema));
}

/** Pulumi's own analyzer reads types with TypeScript's classic interface, which version 7 has not: it gets that of jsii. */
function analyzer() {
  const require = createRequire(__filename);
  const classic = createRequire(require.resolve('jsii/package.json'))('typescript');
  const shim = require.resolve('@pulumi/pulumi/typescript-shim');
  require.cache[shim] = Object.assign(new Module(shim), { filename: shim, loaded: true, exports: classic });
  const { Analyzer } = require('@pulumi/pulumi/provider/experimental/analyzer');
  const { generateSchema } = require('@pulumi/pulumi/provider/experimental/schema');
  return { Analyzer, generateSchema };
}
