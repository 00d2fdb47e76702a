const { registerHooks } = require('node:module');

// Preloaded into a program: whatever asks for the SDK, this program or a package of its own, gets the oldest one.
registerHooks({
  resolve: (specifier, context, next) => next(specifier.replace(/^@pulumi\/pulumi(?=\/|$)/, 'pulumi-oldest'), context),
});
