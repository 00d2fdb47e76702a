const { servePlugin } = require('../../build/lib/pulumi/plugin');
const { version } = require('./package.json');

// A function and no component: of components the SDK would read the sources, to make a schema that is there already.
module.exports = () => servePlugin(version);
