import { dnsLabelProblem, dnsSubdomainProblem } from '../naming/kubernetes-names';
import { refuse } from './refuse';

const NAMESPACE = 'knative-serving';

/** How Knative Serving came into the cluster, which decides who may change its settings. */
export class KnativeInstallation {
  /** With its manifests: the settings are fields of its ConfigMaps in `knative-serving`. */
  static manifests(): KnativeInstallation {
    return new KnativeInstallation(NAMESPACE, undefined);
  }

  /**
   * With Knative's operator: the settings are fields of the `KnativeServing` object. The operator reverts what anybody
   * changes in the ConfigMaps.
   *
   * @param name the object's @default 'knative-serving'
   * @param namespace the object's @default 'knative-serving'
   * @throws EdgeError EDGE_ERR_NAME for names that no object can have
   * @see https://knative.dev/docs/install/operator/configuring-serving-cr/
   */
  static operator(name: string = NAMESPACE, namespace: string = NAMESPACE): KnativeInstallation {
    const fix = 'Use the name that "kubectl get knativeserving -A" shows';
    const at = 'KnativeInstallation.operator';
    refuse('EDGE_ERR_NAME', dnsSubdomainProblem(name), { at: `${at}(name)`, value: name, fix });
    refuse('EDGE_ERR_NAME', dnsLabelProblem(namespace), { at: `${at}(namespace)`, value: namespace, fix });
    return new KnativeInstallation(namespace, name);
  }

  readonly namespace: string;
  /** Name of the `KnativeServing` object, where the operator is in charge. */
  readonly operatorObject: string | undefined;

  private constructor(namespace: string, operatorObject: string | undefined) {
    this.namespace = namespace;
    this.operatorObject = operatorObject;
  }
}
