import { describe, expect, it } from 'vitest';
import { Credentials, EdgeApp } from '../../../lib';
import { findManifest, synthesize } from '../../../lib/testing';
import { expectRefusal } from '../support/refusals';
import { brokerIn, deviceOf, irisStack } from '../support/stacks';

const PASSWORD_IN_SECRET = Credentials.fromSecret('somewhere');

function aclOf(app: EdgeApp): string {
  return findManifest(synthesize(app), 'ConfigMap', 'mosquitto-config').data.acl;
}

describe('the name of a user', () => {
  const addUser = (name: string) => brokerIn(new EdgeApp()).addUser(name, PASSWORD_IN_SECRET);

  it.each(['a', '7', 'camera-7', 'Sensor_1@hall.example', 'a..b', 'a'.repeat(64)])('may be %j', (name) => {
    expect(addUser(name).name).toBe(name);
  });

  it.each(['', 'a'.repeat(65), '-a', 'a-', '.a', '_a', 'a@', 'a:b', 'a b', 'a/b', 'a+b', 'a#', '..', 'ä', 'a\n'])(
    'may not be %j',
    (name) => {
      expectRefusal(() => addUser(name), {
        code: 'EDGE_ERR_NAME',
        value: `"${name}"`,
        rule: 'it has 1 to 64 letters, digits and . _ @ -, and begins and ends with a letter or a digit',
      });
    },
  );

  it('is taken once per broker', () => {
    const broker = brokerIn(new EdgeApp());
    broker.addUser('camera', PASSWORD_IN_SECRET);

    expectRefusal(() => broker.addUser('camera', PASSWORD_IN_SECRET), {
      code: 'EDGE_ERR_DUPLICATE',
      value: '"camera"',
      rule: 'there is one already by this name',
    });
  });

  it('may be taken at another broker too, and is another user there', () => {
    const app = new EdgeApp();
    const north = brokerIn(app, { name: 'north' }, 'north');
    const south = brokerIn(app, { name: 'south' }, 'south');

    const [camera, namesake] = [deviceOf(north, 'camera'), deviceOf(south, 'camera')];

    expect([north.hasUser(camera), north.hasUser(namesake), south.hasUser(namesake)]).toStrictEqual([
      true,
      false,
      true,
    ]);
  });
});

describe('the ACL', () => {
  it('lets a device write requests and read answers, the bridge the reverse, and nobody anything else', () => {
    const { app } = irisStack();

    expect(aclOf(app)).toMatchInlineSnapshot(`
      "user bridge
      topic read $SYS/broker/publish/messages/dropped
      topic write staging/iris/dead-letter
      topic read staging/iris/input
      topic write staging/iris/output
      topic write staging/iris/output/+

      user camera
      topic write staging/iris/input
      topic read staging/iris/output
      topic read staging/iris/output/camera
      "
    `);
  });

  it('gives a user without a route a section without a topic: they may do nothing', () => {
    const app = new EdgeApp();
    deviceOf(brokerIn(app), 'idle');

    expect(aclOf(app)).toBe('user idle\n');
  });

  it('names users and topics in alphabetical order, whatever the order of the calls', () => {
    const app = new EdgeApp();
    const broker = brokerIn(app);
    deviceOf(broker, 'b').allowPublish('z').allowPublish('y');
    deviceOf(broker, 'a');

    expect(aclOf(app)).toBe('user a\n\nuser b\ntopic write y\ntopic write z\n');
  });

  it('joins what is granted to publish and to receive on one topic', () => {
    const app = new EdgeApp();
    deviceOf(brokerIn(app), 'a').allowPublish('t').allowSubscribe('t').allowPublish('t');

    expect(aclOf(app)).toBe('user a\ntopic readwrite t\n');
  });

  it.each(['a/b', '+/b', 'a/#', '#', '$SYS/#', 'with blank'])('takes the filter %j', (filter) => {
    const app = new EdgeApp();
    deviceOf(brokerIn(app), 'a').allowSubscribe(filter);

    expect(aclOf(app)).toBe(`user a\ntopic read ${filter}\n`);
  });

  it.each([
    ['', 'at least one character'],
    ['a+', 'a + stands for a whole topic level'],
    ['a/#/b', 'a # stands alone at the end'],
    ['a\nuser admin', 'no control characters'],
    [' a', 'Mosquitto drops blanks at the ends of a line'],
    ['a ', 'Mosquitto drops blanks at the ends of a line'],
  ])('refuses the filter %j, to publish as to receive', (filter, rule) => {
    const user = deviceOf(brokerIn(new EdgeApp()), 'a');

    for (const grant of [() => user.allowPublish(filter), () => user.allowSubscribe(filter)]) {
      expectRefusal(grant, { code: 'EDGE_ERR_ROUTE_TOPIC', value: `"${filter}"`, rule });
    }
  });
});
