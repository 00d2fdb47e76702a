import { describe, expect, it, vi } from 'vitest';
import { createRequestClient } from '../../../bridge/mqtt/client';
import { endUnidentified } from '../../../bridge/mqtt/identified-acks';
import { brokerConfig } from '../support/config';
import { FakeClient } from '../support/fake-client';

function guarded() {
  const fake = new FakeClient();
  const destroy = vi.spyOn(fake.stream, 'destroy');
  endUnidentified(fake.client);
  return { fake, destroy };
}

describe('an acknowledgement', () => {
  it.each(['puback', 'pubrec', 'pubrel', 'pubcomp'])(
    'of a packet without an identifier ends the connection: %s',
    (cmd) => {
      const { fake, destroy } = guarded();
      const goOn = vi.fn();

      fake._sendPacket({ cmd, messageId: -1 }, goOn);

      expect(fake.sent).toStrictEqual([]);
      expect(destroy).toHaveBeenCalledOnce();
      expect(goOn).toHaveBeenCalledOnce();
    },
  );

  it('of any other packet goes out', () => {
    const { fake, destroy } = guarded();

    fake._sendPacket({ cmd: 'puback', messageId: 1 });
    fake._sendPacket({ cmd: 'pubcomp', messageId: 65_535 });

    expect(fake.sent.map(({ messageId }) => messageId)).toStrictEqual([1, 65_535]);
    expect(destroy).not.toHaveBeenCalled();
  });
});

describe('what has no identifier', () => {
  it('goes out', () => {
    const { fake } = guarded();

    fake._sendPacket({ cmd: 'pingreq' });
    fake._sendPacket({ cmd: 'publish', messageId: 0 });

    expect(fake.sent.map(({ cmd }) => cmd)).toStrictEqual(['pingreq', 'publish']);
  });
});

describe('a client', () => {
  it('can read a packet that is about a message while it closes', () => {
    const { incomingStore, outgoingStore } = createRequestClient(brokerConfig(), 8);

    for (const store of [incomingStore, outgoingStore]) {
      const found = vi.fn();
      store.close(() => undefined);
      store.get({ messageId: 1 }, found);
      expect(found).toHaveBeenCalledOnce();
    }
  });
});
