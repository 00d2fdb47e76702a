const { PolicyPack } = require('@pulumi/policy');
const { edgePolicies } = require('../../../build/lib/pulumi/policy');

new PolicyPack('edge-inference', { policies: edgePolicies(), enforcementLevel: 'mandatory' });
