import type { Construct } from 'constructs';
import { AuthorizationPolicy } from '../../crds/istio-security';
import { acceptProblem } from '../../synth/accepted-problems';
import { addWarning } from '../../synth/warnings';
import { AccessPolicies } from './access-policies';
import { MODEL_COMPONENTS } from './inference-paths';

export interface OpenPoliciesProps {
  readonly rootNamespace: string;
}

/**
 * The pair of policies that opens all models of a mesh, as it is in use for Kubeflow on AWS.
 *
 * @see https://github.com/awslabs/kubeflow-manifests/issues/82
 */
export class OpenPolicies extends AccessPolicies {
  readonly authorizationPolicies: AuthorizationPolicy[];
  readonly peerAuthentications: AuthorizationPolicy[] = [];

  constructor(scope: Construct, id: string, { rootNamespace }: OpenPoliciesProps) {
    super(scope, id);
    this.authorizationPolicies = MODEL_COMPONENTS.map(
      (component) =>
        new AuthorizationPolicy(this, component, {
          metadata: { name: `allow-${component}`, namespace: rootNamespace },
          spec: {
            selector: { matchLabels: { component } },
            action: 'ALLOW',
            rules: [
              {
                to: [
                  {
                    operation: {
                      paths: ['/metrics', '/healthz', '/ready', '/wait-for-drain', '/v1/models/*', '/v2/models/*'],
                    },
                  },
                ],
              },
            ],
          },
        }),
    );
    acceptProblem(this, 'EDGE_ERR_POLICY_OPEN', 'InferenceAccess.openToEverybody() was asked for by this name');
    addWarning(
      this,
      `in every namespace of the mesh, anybody may call every model: allow-predictor and allow-transformer in ${rootNamespace} select pods everywhere and name no caller. InferenceAccess.perTenant() opens the platform's models only, to the gateways`,
    );
  }
}
