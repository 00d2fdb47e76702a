import { beforeAll, describe, expect, it } from 'vitest';
import { findResource, type Run, update } from '../../pulumi/engine';
import { PROGRAM, secretsOf, stackWith } from './account';

const ARN = 'arn:aws:acm:eu-west-1:123456789012:certificate/0c1d2e3f-0000-1111-2222-333344445555';
const KUBECONFIG = '{"apiVersion":"v1","kind":"Config","users":[]}';

describe('apps/aws with a certificate, a controller and a kubeconfig that are there, and a Traefik without an address', () => {
  const options = {
    ...stackWith('header', {
      config: {
        certificateArn: ARN,
        hostedZoneId: 'Z0123456789ABCDEFGHIJ',
        clusterName: '',
        loadBalancerController: 'false',
      },
      secrets: { kubeconfig: KUBECONFIG },
    }),
    read: () => ({ outputs: { status: {} } }),
  };
  let done: Run;

  beforeAll(async () => {
    done = await update(PROGRAM, options);
  });

  it('makes none of them, and records alone in AWS', () => {
    const inAws = done.resources.filter(({ type }) => type.startsWith('aws:'));

    expect(new Set(inAws.map(({ type }) => type))).toStrictEqual(new Set(['aws:route53/record:Record']));
    expect(inAws.map(({ inputs }) => inputs.zoneId)).toStrictEqual(inAws.map(() => 'Z0123456789ABCDEFGHIJ'));
    expect(done.outputs.certificateArn).toBe(ARN);
  });

  it('asks AWS for nothing but the zone of load balancers', () => {
    expect(done.invocations.map(({ token }) => token)).toStrictEqual(['aws:lb/getHostedZoneId:getHostedZoneId']);
  });

  it('has the kubeconfig at the provider, as a secret', () => {
    const { inputs, secretPaths } = findResource(done, 'pulumi:providers:kubernetes', 'cluster');

    expect([inputs.kubeconfig, secretPaths]).toStrictEqual([KUBECONFIG, ['kubeconfig']]);
    for (const secret of secretsOf(options)) expect(JSON.stringify([done.log, done.outputs])).not.toContain(secret);
  });

  it('says that devices have no address to connect to', () => {
    expect(done.outputs).not.toHaveProperty('mqttEndpoint');
    expect(done.log.map(({ message }) => message)).toContain(
      'Service traefik/traefik has no load balancer with an address: there is no mqttEndpoint',
    );
  });
});
