export { edgePolicies } from './edge-policies';
