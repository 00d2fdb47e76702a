import type { ApiObject } from 'cdk8s';
import { Construct } from 'constructs';

/** The mesh's objects that decide who may call the models of a platform. */
export abstract class AccessPolicies extends Construct {
  /** None when policies are left to others. */
  abstract readonly authorizationPolicies: ApiObject[];
  /** None when the mesh's own settings stay. */
  abstract readonly peerAuthentications: ApiObject[];
}

/** For clusters without Istio, and for policies that others make. */
export class NoPolicies extends AccessPolicies {
  readonly authorizationPolicies: ApiObject[] = [];
  readonly peerAuthentications: ApiObject[] = [];
}
