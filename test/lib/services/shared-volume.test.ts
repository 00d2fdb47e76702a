import type { ApiObject } from 'cdk8s';
import { describe, expect, it } from 'vitest';
import { EdgeApp, SharedVolume } from '../../../lib';
import { claimIn, serviceIn } from '../support/http-stacks';
import { expectRefusal } from '../support/refusals';

describe('a SharedVolume', () => {
  it.each([
    ['readWrite', ['ReadWriteMany'], false],
    ['readWrite', ['ReadWriteOnce', 'ReadWriteMany'], false],
    ['readOnly', ['ReadWriteMany'], true],
    ['readOnly', ['ReadOnlyMany'], true],
  ] as const)('%s takes a claim with %j', (factory, modes, isReadOnly) => {
    const claim = claimIn(new EdgeApp(), [...modes]);

    expect({ ...SharedVolume[factory](claim, '/models') }).toStrictEqual({ claim, mountPath: '/models', isReadOnly });
  });

  it.each([
    ['readWrite', ['ReadWriteOnce'], 'ReadWriteOnce'],
    ['readWrite', ['ReadOnlyMany'], 'ReadOnlyMany'],
    ['readWrite', ['ReadWriteOncePod'], 'ReadWriteOncePod'],
    ['readOnly', ['ReadWriteOnce'], 'ReadWriteOnce'],
    ['readOnly', [], 'none'],
  ] as const)('%s refuses a claim with %j, which pods on a second node would wait for', (factory, modes, shown) => {
    const claim = claimIn(new EdgeApp(), [...modes]);

    expectRefusal(() => SharedVolume[factory](claim, '/models'), {
      code: 'EDGE_ERR_SHARED_VOLUME',
      value: `"models with access modes ${shown}"`,
      rule: 'pods on a second node would wait for it for ever',
    });
  });

  it('refuses what is no claim', () => {
    const { service } = serviceIn(new EdgeApp());

    expectRefusal(() => SharedVolume.readWrite(service, '/models'), {
      code: 'EDGE_ERR_SHARED_VOLUME',
      value: '"Service"',
      rule: 'pods share what a PersistentVolumeClaim asks for',
    });
    expectRefusal(() => SharedVolume.readWrite('models' as unknown as ApiObject, '/models'), {
      code: 'EDGE_ERR_SHARED_VOLUME',
      value: 'undefined',
      rule: 'pods share what a PersistentVolumeClaim asks for',
    });
  });

  it.each(['', 'models', '/', '/a b', '/a:b'])('refuses to be found at %j', (mountPath) => {
    const claim = claimIn(new EdgeApp());

    expectRefusal(() => SharedVolume.readWrite(claim, mountPath), {
      code: 'EDGE_ERR_VALUE',
      value: `"${mountPath}"`,
      rule: 'it is an absolute path',
    });
  });
});
