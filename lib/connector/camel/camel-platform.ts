import { type ApiObject, Chart } from 'cdk8s';
import type { Construct } from 'constructs';
import { IntegrationPlatform } from '../../crds/camel';
import { EdgeError } from '../../errors';
import { knownValue } from '../../known-values';
import { DockerConfigSecret } from '../../kubernetes/docker-config-secret';
import { dnsLabelProblem, dnsSubdomainProblem } from '../../naming/kubernetes-names';
import { CamelSmokeTest } from './camel-smoke-test';
import type { RegistryLogin } from './registry-login';

/** Where the operator builds images. */
export enum CamelBuildStrategy {
  /** In the operator's own pod, one after the other. */
  ROUTINE = 'routine',
  /** In a pod for each. */
  POD = 'pod',
}

/** Where the operator pushes images to, and the nodes pull them from. */
export interface CamelRegistry {
  /** Host, and port where it is not the usual one: `registry.example.com:5000`. */
  readonly address: string;
  /** What comes between the address and the names of images. @default - the platform's namespace */
  readonly organization?: string;
  /** Whether it speaks HTTP only. @default false */
  readonly insecure?: boolean;
  /** @default - the registry lets everybody push */
  readonly login?: RegistryLogin;
  /** ConfigMap in the platform's namespace with the authority that signed the registry's certificate. @default - none */
  readonly certificateAuthority?: string;
}

export interface CamelPlatformProps {
  readonly registry: CamelRegistry;
  /** The operator's namespace, which its installation creates. @default 'camel-k' */
  readonly namespace?: string;
  /** The operator looks for this name first. @default 'camel-k' */
  readonly name?: string;
  /** @default CamelBuildStrategy.ROUTINE */
  readonly buildStrategy?: CamelBuildStrategy;
}

/**
 * How the Camel K operator builds: an IntegrationPlatform for Camel K 2.3 to 2.10, which publishes images with Jib. The
 * operator itself is installed with Helm or kustomize. Camel K 2.11 deprecates IntegrationPlatforms in favour of
 * the operator's own configuration.
 *
 * @see https://camel.apache.org/camel-k/2.10.x/installation/registry/registry.html
 */
export class CamelPlatform extends Chart {
  readonly platformNamespace: string;
  readonly name: string;
  readonly integrationPlatform: ApiObject;
  /** The login to the registry, when it came from the environment. */
  readonly registrySecret: ApiObject | undefined;

  /** @throws EdgeError EDGE_ERR_NAME or EDGE_ERR_VALUE for names and addresses that cannot be */
  constructor(scope: Construct, id: string, props: CamelPlatformProps) {
    super(scope, id, { namespace: props.namespace ?? 'camel-k' });
    const { registry, namespace = 'camel-k', name = 'camel-k' } = props;
    validate({ ...props, namespace, name });
    this.platformNamespace = namespace;
    this.name = name;

    const strategy = knownValue(
      'CamelPlatform.buildStrategy',
      props.buildStrategy ?? CamelBuildStrategy.ROUTINE,
      CamelBuildStrategy,
    );
    const dockerConfig = registry.login?._dockerConfig(registry.address);
    this.registrySecret =
      dockerConfig === undefined
        ? undefined
        : new DockerConfigSecret(this, 'registry', {
            metadata: { name: `${name}-registry`, namespace },
            stringData: { '.dockerconfigjson': dockerConfig },
          });
    this.integrationPlatform = new IntegrationPlatform(this, 'Resource', {
      metadata: { name, namespace },
      spec: {
        // Where the operator finds Knative it takes another profile by itself, which makes CloudEvents of HTTP calls.
        profile: 'Kubernetes',
        build: {
          publishStrategy: 'Jib',
          buildConfiguration: { strategy },
          registry: {
            address: registry.address,
            organization: registry.organization,
            secret: this.registrySecret?.name ?? registry.login?.secretName,
            insecure: registry.insecure,
            ca: registry.certificateAuthority,
          },
        },
      },
    });
  }

  /**
   * Adds an Integration that says something every second and talks to nobody. When its pod logs, the operator builds,
   * and the registry takes and gives images.
   *
   * @throws EdgeError EDGE_ERR_DUPLICATE when it is there already
   */
  addSmokeTest(): CamelSmokeTest {
    const name = `${this.name}-smoke-test`;
    if (this.node.tryFindChild('smoke-test')) {
      throw new EdgeError('EDGE_ERR_DUPLICATE', {
        at: `the smoke test of ${this.node.path}`,
        value: name,
        rule: 'there is one already',
        fix: 'Call addSmokeTest() once',
      });
    }
    return new CamelSmokeTest(this, 'smoke-test', { name, namespace: this.platformNamespace });
  }
}

function validate({ namespace, name, registry }: CamelPlatformProps & { namespace: string; name: string }): void {
  const names = { namespace: dnsLabelProblem(namespace), name: dnsSubdomainProblem(name) };
  const values = { namespace, name };
  for (const prop of ['namespace', 'name'] as const) {
    const rule = names[prop];
    const at = `CamelPlatform.${prop}`;
    if (rule) throw new EdgeError('EDGE_ERR_NAME', { at, value: values[prop], rule, fix: 'Choose another one' });
  }
  if (!/^[a-zA-Z0-9.-]+(:\d+)?$/.test(registry.address)) {
    throw new EdgeError('EDGE_ERR_VALUE', {
      at: 'CamelPlatform.registry.address',
      value: registry.address,
      rule: 'the operator makes the names of images of it, so it is a host, with a port where it needs one',
      fix: 'Leave out scheme and path; the latter is the organization',
    });
  }
  const { certificateAuthority: value } = registry;
  const rule = value === undefined ? undefined : dnsSubdomainProblem(value);
  const at = 'CamelPlatform.registry.certificateAuthority';
  if (rule) throw new EdgeError('EDGE_ERR_NAME', { at, value, rule, fix: 'Use the name of the ConfigMap' });
}
