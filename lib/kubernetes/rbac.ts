import { ApiObject, type ApiObjectMetadata } from 'cdk8s';
import type { Construct } from 'constructs';

export interface PolicyRule {
  readonly apiGroups: string[];
  readonly resources: string[];
  readonly verbs: string[];
}

export interface ClusterRoleProps {
  readonly metadata: ApiObjectMetadata;
  readonly rules: PolicyRule[];
}

export class ClusterRole extends ApiObject {
  constructor(scope: Construct, id: string, props: ClusterRoleProps) {
    super(scope, id, { apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'ClusterRole', ...props });
  }
}

export interface ClusterRoleBindingProps {
  readonly metadata: ApiObjectMetadata;
  readonly role: string;
  readonly serviceAccount: { readonly name: string; readonly namespace: string };
}

/** Lets the pods of one ServiceAccount do in all namespaces what a role says. */
export class ClusterRoleBinding extends ApiObject {
  constructor(scope: Construct, id: string, { metadata, role, serviceAccount }: ClusterRoleBindingProps) {
    super(scope, id, {
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'ClusterRoleBinding',
      metadata,
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: role },
      subjects: [{ kind: 'ServiceAccount', ...serviceAccount }],
    });
  }
}

export interface RoleProps {
  readonly metadata: ApiObjectMetadata;
  readonly rules: PolicyRule[];
}

export class Role extends ApiObject {
  constructor(scope: Construct, id: string, props: RoleProps) {
    super(scope, id, { apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'Role', ...props });
  }
}

export interface RoleBindingProps {
  readonly metadata: ApiObjectMetadata;
  readonly role: string;
  readonly serviceAccount: string;
}

/** Lets the pods of one ServiceAccount do in their own namespace what a role says. */
export class RoleBinding extends ApiObject {
  constructor(scope: Construct, id: string, { metadata, role, serviceAccount }: RoleBindingProps) {
    super(scope, id, {
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'RoleBinding',
      metadata,
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: role },
      subjects: [{ kind: 'ServiceAccount', name: serviceAccount, namespace: metadata.namespace }],
    });
  }
}
