import { describe, expect, it } from 'vitest';
import { checksum, podLabels } from '../../../lib/kubernetes/labels';

describe('podLabels', () => {
  it('are the recommended ones that select pods', () => {
    expect(podLabels('mosquitto', 'hub')).toStrictEqual({
      'app.kubernetes.io/name': 'mosquitto',
      'app.kubernetes.io/instance': 'hub',
    });
  });
});

describe('checksum', () => {
  const annotation = 'edge-inference.cdk8s.io/config-checksum';

  it('is a SHA-256 under a name that says of what', () => {
    expect(checksum('config', 'a', 'b')).toStrictEqual({ [annotation]: expect.stringMatching(/^[0-9a-f]{64}$/) });
  });

  it('is the same for the same content', () => {
    expect(checksum('config', 'a', 'b')).toStrictEqual(checksum('config', 'a', 'b'));
  });

  it.each([
    [
      ['a', 'b'],
      ['b', 'a'],
    ],
    [
      ['ab', ''],
      ['a', 'b'],
    ],
    [['a'], ['a', '']],
  ])('tells %j from %j', (one, other) => {
    expect(checksum('config', ...one)).not.toStrictEqual(checksum('config', ...other));
  });
});
