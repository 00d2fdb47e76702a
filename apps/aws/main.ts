import { readConfig } from './config';
import { deploy } from './program';

/** What `pulumi up` runs: the topology of apps/edge-inference, with all that it needs of AWS. */
export = deploy(readConfig());
