import { expect, it } from 'vitest';
import { hostnameIn, refuseStatus } from '../../lib/pulumi/ingress-hostname';
import { expectRefusal } from '../lib/support/refusals';

it('is the first host name in the status', () => {
  expect(hostnameIn({ loadBalancer: { ingress: [{ hostname: 'a.example.com' }, { hostname: 'b' }] } })).toBe(
    'a.example.com',
  );
});

it.each([
  undefined,
  null,
  {},
  { loadBalancer: {} },
  { loadBalancer: { ingress: [] } },
  { loadBalancer: { ingress: [{ ip: '10.0.0.1' }] } },
  { loadBalancer: { ingress: [{ hostname: '' }] } },
])('is not there in the status %j', (status) => {
  expect(hostnameIn(status)).toBeUndefined();
});

it.each([
  [undefined, '"empty"'],
  [{ loadBalancer: { ingress: [{ ip: '10.0.0.1' }] } }, '"{"loadBalancer":{"ingress":[{"ip":"10.0.0.1"}]}}"'],
])('is refused with what was found: %j', (status, value) => {
  expectRefusal(() => refuseStatus('Ingress a', status), {
    code: 'EDGE_ERR_INGRESS_ADDRESS',
    value,
    rule: 'it has no host name',
  });
});
