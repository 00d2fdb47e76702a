import type { IPublishPacket } from 'mqtt';
import { describe, expect, it, vi } from 'vitest';
import { AckGate } from '../../../bridge/mqtt/ack-gate';
import { isPending, settle } from '../support/deferred';
import { FakeClient, message } from '../support/fake-client';

const PUBACK = (messageId: number) => ({ cmd: 'puback', messageId, reasonCode: 0 });
const PUBREC = (messageId: number) => ({ cmd: 'pubrec', messageId, reasonCode: 0 });

/** A gate whose work ends when the test says so. */
function gateWithWork(messages = 100, bytes = 1_000_000) {
  const handled: string[] = [];
  const adopted: string[] = [];
  const running = new Map<string, PromiseWithResolvers<void>>();
  const gate = new AckGate(
    (packet: IPublishPacket) => {
      const name = String(packet.payload);
      const work = Promise.withResolvers<void>();
      handled.push(name);
      running.set(name, work);
      return work.promise;
    },
    { messages, bytes },
    { adopted: (packet) => adopted.push(String(packet.payload)) },
  );
  return {
    gate,
    /** Payloads of the messages that were handed on. */
    handled,
    adopted,
    /** Ends the work on messages, one after another. */
    finish: async (...names: (string | number)[]) => {
      for (const name of names) {
        running.get(String(name))?.resolve();
        await settle();
      }
    },
    connect: (sessionPresent = true) => {
      const client = new FakeClient();
      gate.guard(client.client);
      return client.open({ sessionPresent });
    },
  };
}

describe('AckGate', () => {
  describe('withholding', () => {
    it('sends no PUBACK before the work is done', async () => {
      const { connect, finish, handled } = gateWithWork();
      const client = connect();

      client.deliver(message(1));
      await settle();
      expect(handled).toEqual(['1']);
      expect(client.sent).toEqual([]);

      await finish(1);
      expect(client.sent).toEqual([PUBACK(1)]);
    });

    it('sends no PUBREC before the work is done: the broker forgets a QoS 2 message then', async () => {
      const { connect, finish, handled } = gateWithWork();
      const client = connect();

      client.deliver(message(1, { qos: 2 }));
      await settle();
      expect(handled).toEqual(['1']);
      expect(client.sent).toEqual([]);

      await finish(1);
      expect(client.sent).toEqual([PUBREC(1)]);
    });

    it('goes on reading while acknowledgements are withheld', () => {
      const { connect, handled } = gateWithWork();
      const client = connect();

      client.deliver(message(1), message(2, { qos: 2 }), message(3, { qos: 0 }), message(4));

      expect(handled).toEqual(['1', '2', '3', '4']);
    });

    it('hands on QoS 0 messages, which get no acknowledgement', async () => {
      const { connect, finish, handled } = gateWithWork();
      const client = connect();

      client.deliver(message(1, { qos: 0, messageId: undefined }));
      await finish(1);

      expect(handled).toEqual(['1']);
      expect(client.sent).toEqual([]);
    });

    it('lets an acknowledgement with an error reason through at once', () => {
      const { connect } = gateWithWork();
      const client = connect();
      const done = vi.fn();
      client.deliver(message(1), message(2, { qos: 2 }));

      client._sendPacket({ cmd: 'puback', messageId: 1, reasonCode: 0x83 }, done);
      client._sendPacket({ cmd: 'pubrec', messageId: 2, reasonCode: 0x83 }, done);

      expect(client.sent).toEqual([
        { cmd: 'puback', messageId: 1, reasonCode: 0x83 },
        { cmd: 'pubrec', messageId: 2, reasonCode: 0x83 },
      ]);
      expect(done).toHaveBeenCalledTimes(2);
    });

    it('lets every other packet through at once', () => {
      const { connect } = gateWithWork();
      const client = connect();
      const done = vi.fn();
      client.deliver(message(1, { qos: 2 }));

      for (const cmd of ['pubcomp', 'subscribe', 'pingreq', 'disconnect']) {
        client._sendPacket({ cmd, messageId: 1 }, done);
      }

      expect(client.sent.map(({ cmd }) => cmd)).toEqual(['pubcomp', 'subscribe', 'pingreq', 'disconnect']);
      expect(done).toHaveBeenCalledTimes(4);
    });

    it('keeps MQTT.js from refusing more QoS 2 messages than the window, which an older Mosquitto sends', () => {
      const { connect } = gateWithWork();

      expect(connect()._receiveMaximum).toBe(65_535);
    });
  });

  describe('order', () => {
    it.each([
      [1, PUBACK],
      [2, PUBREC],
    ] as const)('acknowledges QoS %i in the order of arrival, whichever work ends first', async (qos, ack) => {
      const { connect, finish } = gateWithWork();
      const client = connect();
      client.deliver(message(1, { qos }), message(2, { qos }), message(3, { qos }));

      await finish(3, 2);
      expect(client.sent).toEqual([]);

      await finish(1);
      expect(client.sent).toEqual([1, 2, 3].map(ack));
    });

    it('acknowledges what is done at the head, and only that', async () => {
      const { connect, finish } = gateWithWork();
      const client = connect();
      client.deliver(message(1), message(2), message(3), message(4));

      await finish(1, 2, 4);

      expect(client.sent).toEqual([PUBACK(1), PUBACK(2)]);
    });

    it('does not let unfinished QoS 1 work hold up a PUBREC', async () => {
      const { connect, finish } = gateWithWork();
      const client = connect();
      client.deliver(message(1), message(2, { qos: 2 }));

      await finish(2);

      expect(client.sent).toEqual([PUBREC(2)]);
    });

    it('does not let unfinished QoS 2 work hold up a PUBACK', async () => {
      const { connect, finish } = gateWithWork();
      const client = connect();
      client.deliver(message(1, { qos: 2 }), message(2));

      await finish(2);

      expect(client.sent).toEqual([PUBACK(2)]);
    });
  });

  describe('a new connection to the same session', () => {
    it('adopts a message the broker delivers again, and does not hand it on twice', async () => {
      const { connect, finish, handled, adopted } = gateWithWork();
      const first = connect();
      first.deliver(message(1));
      first.lose();
      const second = connect();

      second.deliver(message(1, { dup: true }));
      expect(handled).toEqual(['1']);
      expect(adopted).toEqual(['1']);
      expect(second.sent).toEqual([]);

      await finish(1);
      expect(second.sent).toEqual([PUBACK(1)]);
      expect(first.sent).toEqual([]);
    });

    it.each([
      [1, PUBACK],
      [2, PUBREC],
    ] as const)('acknowledges QoS %i work that ended while there was no connection', async (qos, ack) => {
      const { connect, finish, handled, gate } = gateWithWork();
      const first = connect();
      first.deliver(message(1, { qos }));
      first.lose();
      await finish(1);
      const second = connect();

      second.deliver(message(1, { qos, dup: true }));

      expect(second.sent).toEqual([ack(1)]);
      expect(handled).toEqual(['1']);
      expect(gate.size).toBe(0);
    });

    it('acknowledges adopted and new messages in the order of this connection', async () => {
      const { connect, finish } = gateWithWork();
      const first = connect();
      first.deliver(message(1), message(2));
      first.lose();
      const second = connect();
      second.deliver(message(1, { dup: true }), message(2, { dup: true }), message(3));

      await finish(3, 2);
      expect(second.sent).toEqual([]);

      await finish(1);
      expect(second.sent).toEqual([1, 2, 3].map(PUBACK));
    });

    it('adopts again after every connection that breaks', async () => {
      const { connect, finish, handled } = gateWithWork();
      connect().deliver(message(1));
      for (let i = 0; i < 3; i += 1) {
        const again = connect();
        again.deliver(message(1, { dup: true }));
        again.lose();
      }
      const last = connect();
      last.deliver(message(1, { dup: true }));

      await finish(1);

      expect(handled).toEqual(['1']);
      expect(last.sent).toEqual([PUBACK(1)]);
    });

    it.each([
      ['another payload', { dup: true, payload: Buffer.from('other') }],
      ['another topic', { dup: true, topic: 'iris/other' }],
      ['no DUP flag', { dup: false }],
    ])('takes a known id with %s for new work', (_what, changes) => {
      const { connect, handled, adopted } = gateWithWork();
      const first = connect();
      first.deliver(message(1));
      first.lose();

      connect().deliver(message(1, changes));

      expect(handled).toHaveLength(2);
      expect(adopted).toEqual([]);
    });

    it('acknowledges new work under a known id by its own end, not by the end of the old work', async () => {
      const { connect, finish, gate } = gateWithWork();
      const first = connect();
      first.deliver(message(1));
      first.lose();
      const second = connect();
      second.deliver(message(1, { dup: true, payload: Buffer.from('other') }));

      await finish(1);
      expect(second.sent).toEqual([]);

      await finish('other');
      expect(second.sent).toEqual([PUBACK(1)]);
      expect(gate.size).toBe(0);
    });
  });

  describe('what the broker may still deliver again', () => {
    it('is remembered through any number of attempts that never connect', async () => {
      const { gate, connect, adopted, handled } = gateWithWork();
      const first = connect();
      first.deliver(message(1));
      first.lose();

      for (let attempt = 0; attempt < 20; attempt += 1) {
        const refused = new FakeClient();
        gate.guard(refused.client);
        refused.lose();
      }
      connect().deliver(message(1, { dup: true }));

      expect([handled, adopted]).toEqual([['1'], ['1']]);
    });

    it('is forgotten when the broker delivers something new: by then it has delivered everything again', async () => {
      const { connect, finish, adopted, handled } = gateWithWork();
      const first = connect();
      first.deliver(message(1), message(2));
      first.lose();

      const second = connect();
      second.deliver(message(2, { dup: true }), message(3), message(1, { dup: true }));
      await finish(2, 3, 1);

      expect([handled, adopted]).toEqual([['1', '2', '3', '1'], ['2']]);
      expect(second.sent).toEqual([PUBACK(2), PUBACK(3), PUBACK(1)]);
    });

    it('is another message when it wants its answer elsewhere', async () => {
      const { connect, adopted, handled } = gateWithWork();
      const first = connect();
      first.deliver(message(1, { properties: { responseTopic: 'a' } }));
      first.lose();

      connect().deliver(message(1, { dup: true, properties: { responseTopic: 'b' } }));

      expect([handled, adopted]).toEqual([['1', '1'], []]);
    });
  });

  describe('a new session', () => {
    it('forgets the ids of the old one: the same id is new work', async () => {
      const { connect, handled, adopted } = gateWithWork();
      const first = connect();
      first.deliver(message(1));
      first.lose();

      connect(false).deliver(message(1, { dup: true }));

      expect(handled).toEqual(['1', '1']);
      expect(adopted).toEqual([]);
    });

    it('owes no acknowledgement for the messages of the old one', async () => {
      const { connect, finish, gate } = gateWithWork();
      const first = connect();
      first.deliver(message(1));
      first.lose();
      const second = connect(false);

      await finish(1);

      expect(second.sent).toEqual([]);
      expect(gate.size).toBe(0);
    });
  });

  describe('connections', () => {
    it('sends nothing when work ends after its connection broke', async () => {
      const { connect, finish } = gateWithWork();
      const client = connect();
      client.deliver(message(1), message(2, { qos: 2 }));
      client.lose();

      await finish(1, 2);

      expect(client.sent).toEqual([]);
    });

    it('gives MQTT.js no acknowledgement to keep for a later connection', async () => {
      const { connect, finish } = gateWithWork();
      const client = connect();
      client.deliver(message(1));
      client.connected = false;

      await finish(1);

      expect(client.sent).toEqual([]);
    });

    it('acknowledges nothing on a connection that the message did not come on', async () => {
      const { connect, finish } = gateWithWork();
      const first = connect();
      first.deliver(message(1), message(2, { qos: 2 }));
      first.lose();
      const second = connect();

      await finish(1, 2);

      expect(first.sent).toEqual([]);
      expect(second.sent).toEqual([]);
    });

    it('is not confused by an old connection that closes after the new one has opened', async () => {
      const { connect, finish } = gateWithWork();
      const first = connect();
      const second = connect();
      first.lose();
      second.deliver(message(1));

      await finish(1);

      expect(second.sent).toEqual([PUBACK(1)]);
    });

    it('acknowledges nothing on an old connection that is still open', async () => {
      const { connect, finish } = gateWithWork();
      const first = connect();
      first.deliver(message(1));
      connect();

      await finish(1);

      expect(first.sent).toEqual([]);
    });
  });

  describe('draining', () => {
    it.each([0, 1, 2] as const)('neither hands on nor acknowledges a QoS %i message that arrives', async (qos) => {
      const { gate, connect, handled } = gateWithWork();
      const client = connect();

      await gate.drain();
      client.deliver(message(1, { qos }));
      await settle();

      expect(handled).toEqual([]);
      expect(client.sent).toEqual([]);
    });

    it('acknowledges what was taken before, and ends after that', async () => {
      const { gate, connect, finish } = gateWithWork();
      const client = connect();
      client.deliver(message(1), message(2, { qos: 2 }), message(3));
      const drained = gate.drain();
      client.deliver(message(4));

      await finish(3, 2);
      expect(await isPending(drained)).toBe(true);

      await finish(1);
      await drained;
      expect(client.sent).toEqual([PUBREC(2), PUBACK(1), PUBACK(3)]);
    });

    it('waits for QoS 0 work too', async () => {
      const { gate, connect, finish } = gateWithWork();
      connect().deliver(message(1, { qos: 0 }));
      const drained = gate.drain();

      expect(await isPending(drained)).toBe(true);

      await finish(1);
      await expect(drained).resolves.toBeUndefined();
    });

    it('still adopts what it is working on when the broker delivers it again', async () => {
      const { gate, connect, finish, handled } = gateWithWork();
      const first = connect();
      first.deliver(message(1));
      void gate.drain();
      first.lose();
      const second = connect();
      second.deliver(message(1, { dup: true }));

      await finish(1);

      expect(handled).toEqual(['1']);
      expect(second.sent).toEqual([PUBACK(1)]);
    });

    it('ends without a connection', async () => {
      const { gate, connect, finish } = gateWithWork();
      const client = connect();
      client.deliver(message(1));
      client.lose();
      const drained = gate.drain();

      await finish(1);

      await expect(drained).resolves.toBeUndefined();
    });

    it('goes on reading: answers to pings are among what arrives', async () => {
      const { gate, connect } = gateWithWork(1);
      const client = connect();
      await gate.drain();

      client.deliver(message(1), message(2), message(3), message(4));

      expect(client.read).toHaveLength(4);
    });
  });

  describe('the window', () => {
    const ids = (client: FakeClient) => client.read.map(({ messageId }) => messageId);

    it('stops reading one message after the window is full', () => {
      const { connect, handled } = gateWithWork(2);
      const client = connect();

      client.deliver(message(1), message(2), message(3), message(4), message(5));

      expect(handled).toEqual(['1', '2', '3']);
      expect(ids(client)).toEqual([1, 2, 3]);
    });

    it.each([0, 1, 2] as const)('reads on as QoS %i work ends, and stops again', async (qos) => {
      const { connect, finish } = gateWithWork(2);
      const client = connect();
      client.deliver(...[1, 2, 3, 4, 5, 6].map((id) => message(id, { qos })));

      await finish(1);
      expect(ids(client)).toEqual([1, 2, 3, 4]);

      await finish(2, 3);
      expect(ids(client)).toEqual([1, 2, 3, 4, 5, 6]);
    });

    it.each([0, 1, 2] as const)('is also full with so many bytes of payload, at QoS %i', async (qos) => {
      const { connect, finish } = gateWithWork(100, 25);
      const client = connect();
      const ten = (id: number) => message(id, { qos, payload: Buffer.from(`${id}`.padStart(10, '0')) });
      client.deliver(...[1, 2, 3, 4, 5].map(ten));
      expect(ids(client)).toEqual([1, 2, 3]);

      await finish(...(['0000000001', '0000000002', '0000000003'] as never[]));

      expect(ids(client)).toEqual([1, 2, 3, 4, 5]);
    });

    it('takes a message that is larger than the whole window', () => {
      const { connect } = gateWithWork(100, 5);
      const client = connect();

      client.deliver(message(1, { payload: Buffer.alloc(1_000) }), message(2));

      expect(ids(client)).toEqual([1]);
    });

    it('counts work that is done and waits behind unfinished work', async () => {
      const { gate, connect, finish } = gateWithWork(2);
      const client = connect();
      client.deliver(message(1), message(2), message(3), message(4));

      await finish(2, 3);

      expect(ids(client)).toEqual([1, 2, 3]);
      expect(gate.size).toBe(3);
      expect(gate.working).toBe(1);
    });

    it('does not stop at messages that are delivered again', () => {
      const { connect, handled } = gateWithWork(1);
      const first = connect();
      first.deliver(message(1), message(2));
      first.lose();
      const second = connect();

      second.deliver(message(1, { dup: true }), message(2, { dup: true }), message(3), message(4));

      expect(ids(second)).toEqual([1, 2, 3]);
      expect(handled).toEqual(['1', '2', '3']);
    });

    it('reads a new connection although the one before was stopped', async () => {
      const { connect, finish, handled } = gateWithWork(1);
      const first = connect();
      first.deliver(message(1), message(2), message(3));
      first.lose();
      const second = connect(false);
      second.deliver(message(11), message(12), message(13));
      expect(ids(second)).toEqual([11, 12]);

      await finish(11);

      expect(ids(second)).toEqual([11, 12, 13]);
      expect(ids(first)).toEqual([1, 2]);
      expect(handled).not.toContain('3');
    });

    it('does not keep room for finished work that the broker no longer delivers, because it has expired', async () => {
      const { connect, finish } = gateWithWork(1);
      for (const id of [1, 2]) {
        const lost = connect();
        lost.deliver(message(id));
        lost.lose();
        await finish(id);
      }
      const client = connect();
      client.deliver(message(3), message(4));

      await finish(3);

      expect(client.sent).toEqual([PUBACK(3)]);
      expect(ids(client)).toEqual([3, 4]);
    });
  });

  describe('drain', () => {
    it('resolves only when the broker has read the acknowledgements', async () => {
      const { gate, connect, finish } = gateWithWork();
      const client = connect();
      client.silent = true;
      client.deliver(message(1));
      let drained = false;

      const draining = gate.drain().then(() => {
        drained = true;
      });
      await finish(1);
      expect([client.sent.length, client.pings, drained]).toEqual([1, 1, false]);

      client.emit('packetreceive', { cmd: 'pingresp' });
      await draining;
      expect(drained).toBe(true);
    });
  });

  describe('numbers', () => {
    it('size counts what is taken and not acknowledged, working what would be delivered again', async () => {
      const { gate, connect, finish } = gateWithWork();
      const client = connect();
      expect([gate.size, gate.working]).toEqual([0, 0]);

      client.deliver(message(1), message(2, { qos: 2 }), message(3, { qos: 0 }), message(4));
      expect([gate.size, gate.working]).toEqual([4, 3]);

      await finish(4, 3);
      expect([gate.size, gate.working]).toEqual([3, 2]);

      await finish(1, 2);
      expect([gate.size, gate.working]).toEqual([0, 0]);
    });
  });
});
