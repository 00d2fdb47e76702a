import type * as cognito from '@pulumi/aws/cognito';
import type * as pulumi from '@pulumi/pulumi';

/** What everything of a pool is made with. */
export interface PoolOwner {
  readonly parent: pulumi.Resource;
  /** Begins the names of resources. */
  readonly name: string;
  readonly pool: cognito.UserPool;
  readonly region?: pulumi.Input<string>;
  readonly tags?: pulumi.Input<Record<string, pulumi.Input<string>>>;
}
