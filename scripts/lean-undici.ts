import type * as undici from 'undici';

/**
 * Stands in for the package "undici" in the bundle, with what the bridge uses of it: `fetch`, caches, mocks and proxies are
 * most of the package, and would all be loaded.
 */
const { Agent, Pool, buildConnector, errors } = {
  Agent: require('../node_modules/undici/lib/dispatcher/agent.js'),
  Pool: require('../node_modules/undici/lib/dispatcher/pool.js'),
  buildConnector: require('../node_modules/undici/lib/core/connect.js'),
  errors: require('../node_modules/undici/lib/core/errors.js'),
} as Pick<typeof undici, 'Agent' | 'Pool' | 'buildConnector' | 'errors'>;
const Dispatcher = require('../node_modules/undici/lib/dispatcher/dispatcher.js');
const request = require('../node_modules/undici/lib/api/api-request.js');

Object.assign(Dispatcher.prototype, { request });

export { Agent, buildConnector, errors, Pool };
