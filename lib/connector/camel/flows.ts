import type { CamelBindingFlow, IntegrationFlow, KameletProps } from '../../crds/camel';
import { callUri, callUriOfCamel3 } from './uris';

/** One way from a request topic through a model to a reply topic, in Camel's words. */
export interface CamelFlow {
  readonly name: string;
  readonly source: string;
  readonly modelUrl: string;
  readonly timeoutMs: number;
  readonly sink: string;
  readonly deadLetters: string;
}

/** How often a call that failed is repeated, and after what time. */
export interface Redelivery {
  readonly maximumRedeliveries: number;
  readonly redeliveryDelay: number;
}

/** KServe decodes a body by its type. */
const SAY_JSON = { setHeader: { name: 'Content-Type', constant: 'application/json' } };
/**
 * The MQTT properties of the request stay (its correlation data among them), and become those of the answer. What the
 * model sent as HTTP headers goes: one that is an order to the next step, a topic for instance, gets through Camel's own
 * filter when its letters are of another case.
 *
 * @see https://camel.apache.org/security/CVE-2025-27636.html
 */
const FORGET_HTTP = { removeHeaders: { pattern: '*', excludePattern: 'CamelPahoMqtt5MsgProperties' } };

/**
 * One request at a time goes through the route, so a request that the model refuses is not repeated: it would hold up
 * the others for nothing.
 */
const STATUS = `$\{exception.statusCode}`;
const REFUSED = `${STATUS} < 500 && ${STATUS} != 408 && ${STATUS} != 429`;

export function integrationSpec(flow: CamelFlow, redelivery: Redelivery): IntegrationFlow {
  return {
    flows: [
      {
        errorHandler: {
          deadLetterChannel: {
            deadLetterUri: flow.deadLetters,
            // Where the reply could not be published, the body is the reply.
            useOriginalMessage: true,
            redeliveryPolicy: redelivery,
          },
        },
      },
      {
        onException: {
          exception: ['org.apache.camel.http.base.HttpOperationFailedException'],
          onWhen: { simple: REFUSED },
          useOriginalMessage: true,
          redeliveryPolicy: { maximumRedeliveries: 0 },
        },
      },
      {
        route: {
          id: flow.name,
          from: {
            uri: flow.source,
            steps: [SAY_JSON, { to: callUri(flow.modelUrl, flow.timeoutMs) }, FORGET_HTTP, { to: flow.sink }],
          },
        },
      },
    ],
    // "exception.statusCode" is a property of a bean, and nothing in the flows tells the operator so.
    dependencies: ['camel:bean'],
  };
}

/** What the two kinds of bindings have in common; without `redelivery` a call that failed is not repeated. */
export function bindingSpec(flow: CamelFlow, kamelet: CamelKamelet, redelivery?: Redelivery): CamelBindingFlow {
  const { apiVersion, name } = kamelet;
  return {
    source: { uri: flow.source },
    steps: [
      {
        ref: { apiVersion, kind: 'Kamelet', name },
        properties: { url: flow.modelUrl, timeoutMs: flow.timeoutMs },
      },
    ],
    sink: { uri: flow.sink },
    errorHandler: { sink: { endpoint: { uri: flow.deadLetters }, ...(redelivery && { parameters: redelivery }) } },
  };
}

/** The Kamelet that a binding refers to. */
export interface CamelKamelet {
  readonly apiVersion: string;
  readonly name: string;
}

/**
 * The call as a step of a binding. A URI in its place would be read by the operator, which turns `http:` into a
 * CloudEvents call wherever it finds Knative, and so wherever KServe uses it.
 */
export function askKameletSpec(camel: 3 | 4): KameletProps['spec'] {
  const uri = camel === 4 ? callUri('{{url}}', '{{timeoutMs}}') : callUriOfCamel3('{{url}}', '{{timeoutMs}}');
  return {
    definition: {
      title: 'Ask a model',
      description: 'Posts the body as JSON, and goes on with the answer.',
      type: 'object',
      required: ['url', 'timeoutMs'],
      properties: {
        url: { title: 'URL of the model', type: 'string' },
        timeoutMs: { title: 'Milliseconds to wait for the answer', type: 'integer' },
      },
    },
    dependencies: ['camel:core', 'camel:http', 'camel:kamelet'],
    template: { from: { uri: 'kamelet:source', steps: [SAY_JSON, { to: uri }, FORGET_HTTP] } },
  };
}
