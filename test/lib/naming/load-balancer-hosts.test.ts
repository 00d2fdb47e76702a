import { describe, expect, it } from 'vitest';
import { loadBalancerOf } from '../../../lib/naming/load-balancer-hosts';

describe('the host name of a load balancer', () => {
  it.each([
    ['k8s-inference-0a1b2c3d4e-123456789.eu-west-1.elb.amazonaws.com', 'application', 'eu-west-1'],
    ['internal-k8s-inference-0a1b.us-gov-west-1.elb.amazonaws.com', 'application', 'us-gov-west-1'],
    ['dualstack.k8s-inference-0a1b.ap-southeast-3.elb.amazonaws.com', 'application', 'ap-southeast-3'],
    ['k8s-inference-0a1b.cn-north-1.elb.amazonaws.com.cn', 'application', 'cn-north-1'],
    ['k8s-mosquitto-0a1b-0123456789abcdef.elb.eu-central-1.amazonaws.com', 'network', 'eu-central-1'],
    ['k8s-mosquitto-0a1b.elb.cn-northwest-1.amazonaws.com.cn', 'network', 'cn-northwest-1'],
  ])('%s says that it is a(n) %s one in %s', (host, type, region) => {
    expect(loadBalancerOf(host)).toStrictEqual({ type, region });
  });

  it.each([
    'gateway.example.com',
    'eu-west-1.elb.amazonaws.com',
    'a.elb.amazonaws.com',
    'a.eu-west-1.elb.amazonaws.com.example.com',
    'd111111abcdef8.cloudfront.net',
    '192.0.2.1',
  ])('%s is none', (host) => {
    expect(loadBalancerOf(host)).toBeUndefined();
  });
});
