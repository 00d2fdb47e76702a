import { describe, expect, it } from 'vitest';
import { BasicAuth } from '../../../../lib';
import { expectRefusal } from '../../support/refusals';

describe('BasicAuth', () => {
  it('knows the Secret and the realm', () => {
    const { secretName, realm } = BasicAuth.fromSecret('trainers', 'training of models');

    expect([secretName, realm]).toStrictEqual(['trainers', 'training of models']);
  });

  it('has a realm of its own', () => {
    expect(BasicAuth.fromSecret('trainers').realm).toBe('restricted');
  });

  it('refuses a name that no Secret can have', () => {
    expectRefusal(() => BasicAuth.fromSecret('Trainers'), {
      code: 'EDGE_ERR_NAME',
      value: '"Trainers"',
      rule: 'only a-z, 0-9',
    });
  });

  it.each(['', 'a"b', 'a\nb'])('refuses the realm %j', (realm) => {
    expectRefusal(() => BasicAuth.fromSecret('trainers', realm), {
      code: 'EDGE_ERR_VALUE',
      value: `"${realm}"`,
      rule: 'a realm here has',
    });
  });
});
