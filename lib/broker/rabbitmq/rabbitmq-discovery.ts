import type { ApiObject } from 'cdk8s';
import { Construct } from 'constructs';
import { Role, RoleBinding } from '../../kubernetes/rbac';

export interface RabbitMqDiscoveryProps {
  readonly name: string;
  readonly namespace: string;
  readonly labels: Record<string, string>;
}

/** Lets nodes of RabbitMQ 3.13 and 4.0 ask Kubernetes for each other. Later ones need no such thing. */
export class RabbitMqDiscovery extends Construct {
  readonly role: ApiObject;
  readonly roleBinding: ApiObject;

  /** @internal */
  constructor(scope: Construct, id: string, { name, namespace, labels }: RabbitMqDiscoveryProps) {
    super(scope, id);
    const metadata = { name: `${name}-discovery`, namespace, labels };
    this.role = new Role(this, 'Resource', {
      metadata,
      rules: [
        { apiGroups: [''], resources: ['endpoints'], verbs: ['get'] },
        // A node tells of its start and of its failures.
        { apiGroups: [''], resources: ['events'], verbs: ['create'] },
      ],
    });
    this.roleBinding = new RoleBinding(this, 'binding', { metadata, role: metadata.name, serviceAccount: name });
  }
}
