import { getClusterOutput } from '@pulumi/aws/eks';
import { Provider } from '@pulumi/kubernetes/provider';
import type * as pulumi from '@pulumi/pulumi';
import { LoadBalancerController, LoadBalancerSubnets } from '../../lib/pulumi';
import type { AwsConfig } from './config';

/** The way into a cluster, and what must be there before Ingresses are. */
export interface ClusterAccess {
  readonly provider: Provider;
  readonly controller?: LoadBalancerController;
}

export function clusterAccess({ cluster, region, scheme }: AwsConfig): ClusterAccess {
  if ('kubeconfig' in cluster) {
    return { provider: new Provider('cluster', { kubeconfig: cluster.kubeconfig.output }) };
  }
  const { eksName: clusterName, withController } = cluster;
  const provider = new Provider('cluster', { kubeconfig: eksKubeconfig(clusterName, region) });
  if (!withController) return { provider };
  const subnets = LoadBalancerSubnets.tagged(scheme);
  const controller = new LoadBalancerController('controller', { clusterName, region, subnets }, { provider });
  return { provider, controller };
}

/** No secret is in it: whoever uses it gets a token from AWS, with the credentials that Pulumi runs with. */
function eksKubeconfig(name: string, region: string): pulumi.Output<string> {
  return getClusterOutput({ name, region }).apply(({ endpoint, certificateAuthorities }) =>
    JSON.stringify({
      apiVersion: 'v1',
      kind: 'Config',
      clusters: [
        { name, cluster: { server: endpoint, 'certificate-authority-data': certificateAuthorities[0]?.data } },
      ],
      users: [
        {
          name,
          user: {
            exec: {
              apiVersion: 'client.authentication.k8s.io/v1beta1',
              command: 'aws',
              args: ['eks', 'get-token', '--cluster-name', name, '--region', region, '--output', 'json'],
              interactiveMode: 'Never',
            },
          },
        },
      ],
      contexts: [{ name, context: { cluster: name, user: name } }],
      'current-context': name,
    }),
  );
}
