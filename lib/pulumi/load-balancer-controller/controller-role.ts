import { Role, RolePolicy } from '@pulumi/aws/iam';
import type * as pulumi from '@pulumi/pulumi';
import type { IdentityBinding, IdentitySubject } from './controller-identity';
import { controllerPolicy } from './controller-policy';

/** @internal What a role is made of. */
export interface ControllerRoleOptions {
  readonly subject: IdentitySubject;
  readonly binding: IdentityBinding;
  readonly vpcId: pulumi.Output<string>;
  readonly tags?: Record<string, string>;
  readonly parent: pulumi.Resource;
}

/** A role that one ServiceAccount can become, and what it lets the controller do. */
export class ControllerRole {
  readonly role: Role;
  readonly policy: RolePolicy;

  constructor(name: string, { subject, binding, vpcId, tags, parent }: ControllerRoleOptions) {
    const { clusterName, region } = subject;
    const trust = binding.trust(subject, parent);
    this.role = new Role(
      name,
      {
        assumeRolePolicy: trust.apply(JSON.stringify),
        description: `AWS Load Balancer Controller of EKS cluster ${clusterName}`,
        tags,
      },
      { parent },
    );
    const permissions = vpcId.apply((vpcId) => controllerPolicy({ region, vpcId, clusterName }));
    // In the role itself, where a document may have 10,240 characters: a managed policy has room for 6,144.
    this.policy = new RolePolicy(name, { role: this.role.name, policy: permissions.apply(JSON.stringify) }, { parent });
  }
}
