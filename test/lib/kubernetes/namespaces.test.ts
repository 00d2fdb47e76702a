import { describe, expect, it } from 'vitest';
import { EdgeApp, InferencePlatform, Mosquitto } from '../../../lib';
import { synthesize } from '../../../lib/testing';
import { manifestOf, namesOf, ofKind } from '../support/manifests';

function platformAnd(namespace: string): EdgeApp {
  const app = new EdgeApp();
  new InferencePlatform(app, 'platform', { domain: 'example.com', namespaces: ['staging'] });
  new Mosquitto(app, 'broker', { namespace });
  return app;
}

describe('the namespaces of an app', () => {
  it('are created once each, however many constructs are in them', () => {
    const app = platformAnd('staging');
    new Mosquitto(app, 'other', { namespace: 'staging', name: 'other' });

    expect(namesOf(ofKind(synthesize(app), 'Namespace'))).toStrictEqual(['Namespace -/staging']);
  });

  it('enforce nothing when one construct brings pods of others, whichever comes first', () => {
    const reversed = new EdgeApp();
    new Mosquitto(reversed, 'broker', { namespace: 'staging' });
    new InferencePlatform(reversed, 'platform', { domain: 'example.com', namespaces: ['staging'] });

    for (const app of [platformAnd('staging'), reversed]) {
      expect(manifestOf(app, 'Namespace', 'staging').metadata).toStrictEqual({ name: 'staging' });
    }
  });

  it('enforce the restricted standard when all in them meets it', () => {
    expect(manifestOf(platformAnd('messaging'), 'Namespace', 'messaging').metadata).toStrictEqual({
      name: 'messaging',
      labels: { 'pod-security.kubernetes.io/enforce': 'restricted' },
    });
  });

  it('are in no namespace themselves', () => {
    const app = platformAnd('messaging');

    expect(ofKind(synthesize(app), 'Namespace').map(({ metadata }) => metadata.namespace)).toStrictEqual([
      undefined,
      undefined,
    ]);
  });
});
