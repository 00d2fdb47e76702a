import type { Duration } from 'cdk8s';
import { MAX_TIMER_SECONDS } from '../../bridge/config/defaults';
import { topicNameProblem } from '../../bridge/config/topics';
import { aclLineProblem } from '../broker/acl-line';
import type { IMqttUser } from '../broker/mqtt-broker';
import { EdgeError } from '../errors';
import { defaultTopics } from '../naming/route-topics';
import type { InferenceModel } from '../serving/inference-model';
import type { RouteOptions } from './route-options';

/** What the options of a route come to, whoever carries its messages. */
export interface ResolvedRoute {
  readonly name: string;
  readonly model: InferenceModel;
  readonly clients: IMqttUser[];
  readonly requestTopic: string;
  readonly replyTopic: string;
  readonly deadLetterTopic: string;
  readonly timeout: Duration;
  /** Nothing when the connector's own default counts. */
  readonly concurrency: number | undefined;
}

/** @throws EdgeError EDGE_ERR_NAME, EDGE_ERR_ROUTE_TOPIC, EDGE_ERR_TIMEOUT or EDGE_ERR_VALUE for options that cannot be */
export function resolveRoute({ name, model, clients, timeout, concurrency, ...topics }: RouteOptions): ResolvedRoute {
  const defaults = defaultTopics(model.namespace, model.name);
  const route: ResolvedRoute = {
    name: name ?? `${model.namespace}/${model.name}`,
    model,
    clients: [...clients],
    requestTopic: topics.requestTopic ?? defaults.request,
    replyTopic: topics.replyTopic ?? defaults.reply,
    deadLetterTopic: topics.deadLetterTopic ?? defaults.deadLetter,
    timeout: timeout ?? model.timeout,
    concurrency,
  };
  checkRouteName(route);
  checkTopics(route);
  checkTimeout(route);
  checkConcurrency(route);
  return route;
}

function checkRouteName({ name, model }: ResolvedRoute): void {
  if (name !== '') return;
  const rule = 'metrics and logs tell routes apart by name';
  const at = `name of a route to ${model.namespace}/${model.name}`;
  throw new EdgeError('EDGE_ERR_NAME', { at, value: '', rule, fix: 'Name it, or leave the name out' });
}

function checkTopics({ name, requestTopic, replyTopic, deadLetterTopic }: ResolvedRoute): void {
  for (const [at, topic] of Object.entries({ requestTopic, replyTopic, deadLetterTopic })) {
    const rule = topicNameProblem(topic) ?? aclLineProblem(topic);
    if (!rule) continue;
    const fix = 'Name one topic';
    throw new EdgeError('EDGE_ERR_ROUTE_TOPIC', { at: `${at} of route ${name}`, value: topic, rule, fix });
  }
}

function checkTimeout({ name, timeout, model }: ResolvedRoute): void {
  const seconds = timeout.toMilliseconds() / 1000;
  if (seconds <= 0) throw wrong(name, 'timeout', `${seconds} s`, 'a model needs some time to answer');
  if (seconds > MAX_TIMER_SECONDS) {
    throw wrong(name, 'timeout', `${seconds} s`, `timers run for at most ${MAX_TIMER_SECONDS} s`);
  }
  const ofModel = model.timeout.toMilliseconds() / 1000;
  if (seconds < ofModel) {
    throw new EdgeError('EDGE_ERR_TIMEOUT', {
      at: `timeout of route ${name}`,
      value: `${seconds} s`,
      rule: `model ${model.namespace}/${model.name} may take ${ofModel} s, and its answer would come to nobody`,
      fix: "Raise it, or lower the model's timeout",
    });
  }
}

function checkConcurrency({ name, concurrency }: ResolvedRoute): void {
  if (concurrency === undefined) return;
  if (Number.isInteger(concurrency) && concurrency >= 1 && concurrency <= 10_000) return;
  throw wrong(name, 'concurrency', concurrency, 'it is a whole number from 1 to 10000');
}

function wrong(route: string, prop: string, value: unknown, rule: string): EdgeError {
  return new EdgeError('EDGE_ERR_VALUE', { at: `${prop} of route ${route}`, value, rule, fix: 'Raise or lower it' });
}
