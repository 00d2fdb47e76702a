const { registerHooks } = require('node:module');

// Preloaded into what the SDK's runners host. Folders that are published ask for compiled files, and get the sources,
// which tsx compiles. The SDK would compile them too, with a ts-node of its own that does not know TypeScript 7: this
// module stands in for it.
registerHooks({
  resolve: (specifier, context, next) =>
    next(specifier === 'ts-node' ? __filename : specifier.replace('/build/lib/', '/lib/'), context),
});

exports.register = () => {};
