import fc from 'fast-check';
import type { IPublishPacket } from 'mqtt';
import { describe, expect, it } from 'vitest';
import { filterMatches, topicNameProblem } from '../../../bridge/config/topics';
import { type Failure, failure } from '../../../bridge/errors';
import { Models } from '../../../bridge/model/models';
import type { PatientAnswer } from '../../../bridge/model/patient-model';
import type { Message } from '../../../bridge/mqtt/message';
import { MqttRoute } from '../../../bridge/mqtt/mqtt-route';
import { routeConfig } from '../support/config';
import { message } from '../support/fake-client';

const CONFIG = routeConfig({
  requestTopic: '{namespace}/{model}/input',
  model: { url: 'http://{model}.{namespace}.svc/v1/models/{model}:predict' },
  reply: {
    topic: 'replies/{namespace}/{model}/output',
    allowedResponseTopics: ['own/+/answers', 'more/a/b/#'],
    userProperties: ['trace'],
  },
  deadLetter: { topic: 'dead/{namespace}' },
});

const level = fc.oneof(
  fc.constantFrom('iris', 'staging', '..%2f', '..', '$SYS', 'a.b', 'IRIS', '{model}', '', '-', 'x'.repeat(64), 'xn--a'),
  fc.string({ unit: 'binary', maxLength: 10 }).map((text) => text.replaceAll(/[/+#\0]/g, '')),
);
const topic = fc.tuple(level, level).map(([namespace, model]) => `${namespace}/${model}/input`);
const responseTopic = fc.oneof(
  fc.constantFrom(
    'own/me/answers',
    'more/a/b',
    'more/a/b/c',
    'more/a',
    'own/+/answers',
    'more/a/b/#',
    '$SYS/a',
    '',
    'own//answers',
  ),
  fc.constantFrom('dead/staging', 'staging/iris/input', 'replies/staging/iris/output', 'more/a/b/\0'),
  fc.string({ unit: 'binary' }),
);
const bytes = fc.uint8Array({ maxLength: 50 }).map((array) => Buffer.from(array));
const userProperties = fc.dictionary(
  fc.oneof(fc.constantFrom('trace', 'status', 'code', '__proto__', 'traceparent'), fc.string()),
  fc.oneof(fc.string({ unit: 'binary' }), fc.array(fc.string())),
  { maxKeys: 4 },
);
const properties = fc.record(
  { responseTopic, correlationData: bytes, userProperties, messageExpiryInterval: fc.nat() },
  { requiredKeys: [] },
);
const answer: fc.Arbitrary<PatientAnswer> = fc.oneof(
  bytes.map((body) => ({ ok: true as const, body, contentType: 'application/json', attempts: 1 })),
  fc.string({ unit: 'binary' }).map((text) => {
    return { ok: false as const, failure: failure('BRIDGE_ERR_MODEL_REJECTED', text, 400), attempts: 2 };
  }),
);

describe('a request, whatever it is,', () => {
  it('has one answer, where the route allows it, from a model that the route names', async () => {
    await fc.assert(
      fc.asyncProperty(topic, bytes, properties, answer, async (topic, payload, properties, answer) => {
        const { asked, published, failures, route } = routeThat(answer);
        const packet = message(1, { topic, payload, properties: properties as IPublishPacket['properties'] });

        const outcome = await route.deliver(packet);

        const [namespace = '', model = ''] = topic.split('/');
        const own = `replies/${namespace}/${model}/output`;
        const letters = published.filter(({ topic }) => topic === `dead/${namespace}`);
        const replies = published.filter((sent) => !letters.includes(sent));
        expect(asked.every((url) => url === `http://${model}.${namespace}.svc/v1/models/${model}:predict`)).toBe(true);
        expect(replies).toHaveLength(1);
        for (const { topic } of replies) expect(topic === own || isAllowed(topic)).toBe(true);
        expect(letters).toHaveLength(outcome === 'reply' ? 0 : 1);
        expect(failures).toHaveLength(outcome === 'reply' ? 0 : 1);
        for (const { payload: letter } of letters) {
          const { base64OriginalPayload, topic: about } = JSON.parse(letter.toString());
          expect(Buffer.from(base64OriginalPayload, 'base64')).toStrictEqual(payload);
          expect(Buffer.from(about)).toStrictEqual(Buffer.from(topic));
        }
        for (const { options } of replies) {
          expect(options.properties?.correlationData).toStrictEqual(properties.correlationData);
          expect(options.properties?.userProperties).toMatchObject({ status: expect.stringMatching(/^\d{3}$/) });
        }
      }),
      { numRuns: 1_000 },
    );
  });
});

function routeThat(answer: PatientAnswer) {
  const asked: string[] = [];
  const published: Message[] = [];
  const failures: Failure[] = [];
  const models = new Models(CONFIG.model.url, (url) => ({
    predict: async () => {
      asked.push(url);
      return answer;
    },
    retire: async () => undefined,
    close: async () => undefined,
  }));
  const route = new MqttRoute(CONFIG, {
    models,
    publish: async (sent) => {
      published.push(sent);
      return { accepted: true };
    },
    failed: (_requestId, why) => failures.push(why),
  });
  return { asked, published, failures, route };
}

function isAllowed(topic: string): boolean {
  return (
    topicNameProblem(topic) === undefined &&
    CONFIG.reply.allowedResponseTopics.some((filter) => filterMatches(filter, topic))
  );
}
