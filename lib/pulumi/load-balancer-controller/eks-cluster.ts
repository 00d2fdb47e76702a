import { type GetClusterResult, getClusterOutput } from '@pulumi/aws/eks';
import type * as pulumi from '@pulumi/pulumi';
import { EdgeError } from '../../errors';
import { memoized } from '../memoized';

/** What EKS says of a cluster, once somebody wants to know. */
export class EksCluster {
  readonly #cluster: () => pulumi.Output<GetClusterResult>;

  constructor(name: string, region: string, parent: pulumi.Resource) {
    const lookUp = memoized((name: string) => getClusterOutput({ name, region }, { parent }));
    this.#cluster = () => lookUp(name);
  }

  vpcId(): pulumi.Output<string> {
    return this.#cluster().vpcConfig.vpcId;
  }

  /** The issuer of the tokens of ServiceAccounts, with `https://`. */
  issuer(): pulumi.Output<string> {
    return this.#cluster().apply(issuerOf);
  }
}

/** @throws EdgeError EDGE_ERR_VALUE for a cluster without one: EKS makes it some time after the cluster */
export function issuerOf({ name, identities }: Pick<GetClusterResult, 'name' | 'identities'>): string {
  const issuer = identities[0]?.oidcs[0]?.issuer;
  if (issuer) return issuer;
  const rule = 'it has an issuer of tokens';
  const fix = 'Wait until the cluster is active, or use ControllerIdentity.podIdentity()';
  throw new EdgeError('EDGE_ERR_VALUE', { at: `EKS cluster ${name}`, value: 'without identity', rule, fix });
}
