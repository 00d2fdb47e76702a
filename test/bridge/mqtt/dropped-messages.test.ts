import { EventEmitter } from 'node:events';
import type { MqttClient } from 'mqtt';
import { describe, expect, it } from 'vitest';
import { followDropped } from '../../../bridge/mqtt/dropped-messages';

const TOPIC = '$SYS/broker/publish/messages/dropped';

class SubscribingClient extends EventEmitter {
  readonly asked: unknown[] = [];
  answer: Error | null = null;

  subscribe(topic: string, options: object, done: (error: Error | null) => void): void {
    this.asked.push([topic, options]);
    done(this.answer);
  }

  receive(text: string, topic = TOPIC): void {
    this.emit('message', topic, Buffer.from(text), { cmd: 'publish' });
  }
}

function follow(topic: string | undefined = TOPIC) {
  const client = new SubscribingClient();
  const heard: number[] = [];
  followDropped(client as unknown as MqttClient, topic, (total) => heard.push(total));
  return { client, heard };
}

describe('followDropped', () => {
  it('asks for the topic with QoS 0, and tells each count', () => {
    const { client, heard } = follow();

    for (const text of ['0', '17', '3']) client.receive(text);

    expect(client.asked).toEqual([[TOPIC, { qos: 0 }]]);
    expect(heard).toEqual([0, 17, 3]);
  });

  it('asks for nothing when there is no topic', () => {
    const client = new SubscribingClient();

    followDropped(client as unknown as MqttClient, undefined, () => undefined);

    expect([client.asked, client.listenerCount('message')]).toEqual([[], 0]);
  });

  it.each(['', 'many', '-1', '1.5', '1e9', ' 7'])('takes no notice of %j, which is no count', (text) => {
    const { client, heard } = follow();

    client.receive(text);

    expect(heard).toEqual([]);
  });

  it('takes no notice of other topics', () => {
    const { client, heard } = follow();

    client.receive('7', 'elsewhere');

    expect(heard).toEqual([]);
  });

  it('bears a broker that refuses the subscription', () => {
    const client = new SubscribingClient();
    client.answer = new Error('Unspecified error');

    expect(() => followDropped(client as unknown as MqttClient, TOPIC, () => undefined)).not.toThrow();
  });
});
