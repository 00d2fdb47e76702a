/** What the host name of a load balancer of AWS says about it. */
export interface LoadBalancerHost {
  readonly type: 'application' | 'network';
  readonly region: string;
}

/** Classic load balancers have names of this form too, and the zone of the application ones. */
const APPLICATION = /^[^.]+(\.[^.]+)*\.([a-z]{2}(?:-[a-z]+)+-\d+)\.elb\.amazonaws\.com(?:\.cn)?$/;
const NETWORK = /^[^.]+(\.[^.]+)*\.elb\.([a-z]{2}(?:-[a-z]+)+-\d+)\.amazonaws\.com(?:\.cn)?$/;

/**
 * Which load balancer of AWS has this host name; nothing for any other host.
 *
 * @see https://docs.aws.amazon.com/general/latest/gr/elb.html
 */
export function loadBalancerOf(host: string): LoadBalancerHost | undefined {
  const application = APPLICATION.exec(host)?.[2];
  if (application) return { type: 'application', region: application };
  const network = NETWORK.exec(host)?.[2];
  return network ? { type: 'network', region: network } : undefined;
}
