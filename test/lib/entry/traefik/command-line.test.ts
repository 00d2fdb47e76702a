import { describe, expect, it } from 'vitest';
import {
  argumentProblem,
  defaultArguments,
  entryPointsIn,
  ingressClassIn,
} from '../../../../lib/entry/traefik/command-line';

describe('the arguments of a Traefik', () => {
  it('say which entry points it has, in any case and with any address', () => {
    const args = [
      '--entryPoints.web.address=:8080',
      '--entrypoints.WebSecure.Address=:8443/tcp',
      '--entrypoints.dns.address=127.0.0.1:5300/udp',
      '--entrypoints.six.address=[::1]:6000',
      '--entrypoints.web.http.redirections.entrypoint.to=websecure',
      '--ping',
    ];

    expect(entryPointsIn(args)).toStrictEqual([
      { name: 'web', port: 8080 },
      { name: 'WebSecure', port: 8443 },
      { name: 'dns', port: 5300 },
      { name: 'six', port: 6000 },
    ]);
  });

  it('keep every entry point a default that is one now: those for TCP, but not the internal one', () => {
    const args = [
      '--entrypoints.http.address=:8080',
      '--entrypoints.https.address=:8443/tcp',
      '--entrypoints.dns.address=:5300/udp',
      '--entrypoints.traefik.address=:9080',
    ];

    expect(defaultArguments(args)).toStrictEqual([
      '--entryPoints.http.asDefault=true',
      '--entryPoints.https.asDefault=true',
    ]);
  });

  it.each(['--entrypoints.https.asdefault=true', '--entryPoints.https.asDefault'])(
    'stay as they are where one says %s',
    (arg) => {
      expect(
        defaultArguments(['--entrypoints.http.address=:8080', '--entrypoints.https.address=:8443', arg]),
      ).toStrictEqual([]);
    },
  );

  it.each([
    [['--providers.kubernetescrd.ingressclass=inner'], 'inner'],
    [['--providers.kubernetesCRD=true', '--providers.kubernetesIngress.ingressClass=web'], undefined],
  ])('say which class routes must have: %j', (args, name) => {
    expect(ingressClassIn(args)).toBe(name);
  });

  it.each([
    ['--providers.kubernetescrd'],
    ['--providers.kubernetesCRD=true'],
    ['--providers.kubernetescrd.allowCrossNamespace=true'],
  ])('make it read routes with %s', (arg) => {
    expect(argumentProblem([arg])).toBeUndefined();
  });
});
