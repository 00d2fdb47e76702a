import type { IConstruct } from 'constructs';
import type { IMqttBroker, IMqttUser } from '../broker/mqtt-broker';
import { EdgeError } from '../errors';
import { InferenceModel } from '../serving/inference-model';

/** Refuses what is no model of the bridge's own app. */
export function checkModel(bridge: IConstruct, model: unknown): void {
  const isModel = InferenceModel.isInferenceModel(model);
  if (isModel && model.node.root === bridge.node.root) return;
  const models = bridge.node.root.node.findAll().filter(InferenceModel.isInferenceModel);
  const known = models.map(({ namespace, name }) => `${namespace}/${name}`).join(', ') || 'none yet';
  throw new EdgeError('EDGE_ERR_ROUTE_MODEL', {
    at: `the model of a route of ${bridge.node.path}`,
    value: isModel ? `${model.namespace}/${model.name} of another app` : model,
    rule: `the models of this app are: ${known}`,
    fix: 'Use what InferencePlatform.addModel(..) returned',
  });
}

/** Refuses a route that nobody may use, or somebody whom the broker does not know. */
export function checkClients(bridge: IConstruct, broker: IMqttBroker, clients: readonly IMqttUser[]): void {
  const at = `the clients of a route of ${bridge.node.path}`;
  if (clients.length === 0) {
    const rule = 'the request topic would be one that nobody may publish to';
    const fix = 'Name at least one user of the broker';
    throw new EdgeError('EDGE_ERR_ROUTE_CLIENT', { at, value: '[]', rule, fix });
  }
  const stranger = clients.find((client) => !broker.hasUser(client));
  if (!stranger) return;
  const rule = `it is no user of broker ${broker.node.path}`;
  const fix = "Use what this broker's addUser(..) returned";
  throw new EdgeError('EDGE_ERR_ROUTE_CLIENT', { at, value: stranger.name, rule, fix });
}
