import { BRIDGE_DEFAULTS } from '../../../bridge/config/defaults';
import { OPERATIONS } from '../bridge-workload';
import type { ConnectorPort } from './connector-workload';

/** Where probes and metrics are: of the configuration, the container, the Service, the policy and the monitor alike. */
export const OPERATIONS_PORT: ConnectorPort = {
  name: OPERATIONS,
  port: BRIDGE_DEFAULTS.httpPort,
  appProtocol: 'http',
};
