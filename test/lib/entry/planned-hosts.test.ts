import { describe, expect, it } from 'vitest';
import { EdgeApp, InferencePlatform, TraefikTls } from '../../../lib';
import { certificatesIn, recordsIn } from '../support/published';
import { problemsOf } from '../support/refusals';
import { brokerIn, IRIS } from '../support/stacks';

const LAB = { domain: 'lab.example.org', selector: { stage: 'lab' } };

function platformIn(app: EdgeApp): InferencePlatform {
  const props = { domain: 'platform.example.com', namespaces: ['staging'], selectedDomains: [LAB] };
  return new InferencePlatform(app, 'platform', { ...props, externalScheme: 'https' });
}

const addLabModel = (platform: InferencePlatform) => platform.addModel('iris', { ...IRIS, labels: { stage: 'lab' } });

describe('a model that is added after its hosts were planned for', () => {
  it.each([
    ['CertManagerCertificates', certificatesIn],
    ['ExternalDnsRecords', recordsIn],
  ])('is told apart from a host that nobody planned for: %s', (name, plan) => {
    const app = new EdgeApp();
    const platform = platformIn(app);
    plan(app, platform);

    addLabModel(platform);

    expect(problemsOf(app)).toStrictEqual([
      expect.stringContaining(`Create ${name} after the models: this one was added when it had been made.`),
    ]);
  });

  it.each([
    ['CertManagerCertificates', certificatesIn],
    ['ExternalDnsRecords', recordsIn],
  ])('is none when it was there before: %s', (_, plan) => {
    const app = new EdgeApp();
    const platform = platformIn(app);
    addLabModel(platform);

    plan(app, platform);

    expect(() => app.synthYaml()).not.toThrow();
  });
});

describe('a host whose certificate a resolver of Traefik gets', () => {
  const host = 'mqtt.example.net';

  function exposedWith(tls: TraefikTls): EdgeApp {
    const app = new EdgeApp();
    certificatesIn(app, platformIn(app));
    brokerIn(app).exposeThroughTraefik({ host, tls });
    return app;
  }

  it('is not held against the certificates of the app', () => {
    expect(() => exposedWith(TraefikTls.fromResolver('letsencrypt')).synthYaml()).not.toThrow();
  });

  it('is held against them where the certificate is in a Secret', () => {
    expect(problemsOf(exposedWith(TraefikTls.fromSecret('mqtt')))).toStrictEqual([
      expect.stringContaining(`EDGE_ERR_HOST_CERTIFICATE: a host that [broker/traefik] serves with TLS is "${host}"`),
    ]);
  });
});
