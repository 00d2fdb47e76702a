import type { GatewayConfigInput } from '../../../bridge/config/gateway';
import { GATEWAY_DEFAULTS } from '../../../bridge/config/gateway-defaults';
import { EdgeError } from '../../errors';
import { isOfApp } from '../amqp/amqp-client';
import type { GatewayDeploymentProps } from './gateway-props';

type Settings = Pick<
  GatewayConfigInput['gateway'],
  'maxBodyBytes' | 'maxInFlight' | 'maxInFlightBytes' | 'headers' | 'results'
>;

/** What props say about a gateway as a whole. What was left out is left to the program. */
export function gatewaySettings({ limits, headers, results }: GatewayDeploymentProps): Settings {
  return {
    maxBodyBytes: limits?.maxBody && limits.maxBody.toKibibytes() * 1_024,
    maxInFlight: limits?.maxInFlight,
    maxInFlightBytes: limits?.maxInFlightBodies && limits.maxInFlightBodies.toKibibytes() * 1_024,
    headers: headers && { ...headers },
    results: results && {
      ttlSeconds: results.keepFor && results.keepFor.toMilliseconds() / 1_000,
      maxResults: results.maxResults,
      baseUrl: results.baseUrl,
    },
  };
}

/** @throws EdgeError EDGE_ERR_VALUE for bodies that the broker would not take: it ends the connection of who sends one */
export function checkBodies(props: GatewayDeploymentProps): void {
  const { broker } = props;
  const most = broker && isOfApp(broker) ? broker.maxPacketBytes : undefined;
  const bytes = gatewaySettings(props).maxBodyBytes ?? GATEWAY_DEFAULTS.maxBodyBytes;
  if (most === undefined || bytes <= most) return;
  throw new EdgeError('EDGE_ERR_VALUE', {
    at: 'GatewayDeployment.limits.maxBody',
    value: `${bytes} bytes`,
    rule: `the broker takes messages of ${most} bytes at most`,
    fix: 'Lower it, or raise maxMessageBytes of the broker',
  });
}
