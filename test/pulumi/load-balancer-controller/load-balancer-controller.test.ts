import { beforeAll, describe, expect, it } from 'vitest';
import {
  ControllerIdentity,
  LoadBalancerController,
  type LoadBalancerControllerArgs,
  LoadBalancerSubnets,
} from '../../../lib/pulumi';
import { trustedProvider } from '../../../lib/pulumi/load-balancer-controller/controller-identity';
import { controllerPolicy } from '../../../lib/pulumi/load-balancer-controller/controller-policy';
import { issuerOf } from '../../../lib/pulumi/load-balancer-controller/eks-cluster';
import { expectRefusal } from '../../lib/support/refusals';
import { ACCOUNT, failure, preview, REGION, type Run, UNKNOWN } from '../engine';
import { dependenciesOf, listOf, resourceIn } from '../support/aws';
import { clusterLookUps, ISSUER, OIDC_PROVIDER } from '../support/eks';
import { known, type Mocked, type MockOptions, mocked } from '../support/mocks';

const ROLE = `arn:aws:iam::${ACCOUNT}:role/controller`;

function made(args: Partial<LoadBalancerControllerArgs> = {}, options: MockOptions = {}) {
  const all = { clusterName: 'ml', region: REGION, ...args };
  return mocked(() => new LoadBalancerController('controller', all), { invoke: clusterLookUps, ...options });
}

function jsonOf(text: unknown): unknown {
  return JSON.parse(String(text));
}

describe('a LoadBalancerController', () => {
  let minimal: Mocked<LoadBalancerController>;

  beforeAll(async () => {
    minimal = await made();
  });

  it('is a role with its policy, a ServiceAccount, and the chart', () => {
    expect(listOf(minimal.resources)).toStrictEqual([
      'LoadBalancerController controller',
      'Role controller',
      'RolePolicy controller',
      'kubernetes:core/v1:ServiceAccount controller',
      'kubernetes:helm.sh/v3:Release controller',
    ]);
  });

  it('has all of them in it', () => {
    const [component] = minimal.resources.filter(({ component }) => component);
    const children = minimal.resources.filter(({ component }) => !component);

    expect(new Set(children.map(({ parent }) => parent))).toStrictEqual(new Set([component?.urn]));
  });

  it('lets tokens of the one ServiceAccount become the role, and no others', () => {
    expect(jsonOf(resourceIn(minimal.resources, 'Role controller').inputs.assumeRolePolicy)).toStrictEqual({
      Version: '2012-10-17',
      Statement: [
        {
          Effect: 'Allow',
          Principal: { Federated: OIDC_PROVIDER },
          Action: ['sts:AssumeRoleWithWebIdentity'],
          Condition: {
            StringEquals: {
              [`${ISSUER}:aud`]: 'sts.amazonaws.com',
              [`${ISSUER}:sub`]: 'system:serviceaccount:kube-system:aws-load-balancer-controller',
            },
          },
        },
      ],
    });
  });

  it("gives the role the controller's permissions in the VPC of the cluster", () => {
    const { role, policy } = resourceIn(minimal.resources, 'RolePolicy controller').inputs;

    expect(role).toBe('controller');
    expect(jsonOf(policy)).toStrictEqual(controllerPolicy({ region: REGION, vpcId: 'vpc-0c1d', clusterName: 'ml' }));
  });

  it('tells the ServiceAccount its role', () => {
    expect(resourceIn(minimal.resources, 'kubernetes:core/v1:ServiceAccount controller').inputs).toMatchObject({
      metadata: {
        name: 'aws-load-balancer-controller',
        namespace: 'kube-system',
        annotations: { 'eks.amazonaws.com/role-arn': ROLE },
      },
    });
  });

  it('installs one version of the chart, with values for this cluster', () => {
    const { inputs } = resourceIn(minimal.resources, 'kubernetes:helm.sh/v3:Release controller');

    expect(inputs).toMatchObject({
      name: 'aws-load-balancer-controller',
      chart: 'aws-load-balancer-controller',
      version: '3.5.0',
      namespace: 'kube-system',
      repositoryOpts: { repo: 'https://aws.github.io/eks-charts' },
    });
    expect(inputs.values).toStrictEqual({
      clusterName: 'ml',
      region: REGION,
      vpcId: 'vpc-0c1d',
      serviceAccount: { create: false, name: 'aws-load-balancer-controller' },
      ingressClass: 'alb',
      enableShield: false,
      enableWaf: false,
      enableServiceMutatorWebhook: false,
      keepTLSSecret: true,
      podDisruptionBudget: { maxUnavailable: 1 },
    });
  });

  it('starts the controller when it has its permissions', () => {
    expect(dependenciesOf(minimal.resources, 'kubernetes:helm.sh/v3:Release controller')).toStrictEqual([
      'RolePolicy controller',
      'kubernetes:core/v1:ServiceAccount controller',
    ]);
  });

  it('asks AWS once for each thing', () => {
    const asked = minimal.invocations.map(({ token, args }) => [token.split(':').at(-1), args]);

    expect(asked).toHaveLength(5);
    expect(asked).toStrictEqual(
      expect.arrayContaining([
        ['getCluster', { name: 'ml', region: REGION }],
        ['getOpenIdConnectProvider', { url: `https://${ISSUER}` }],
        ['getSubnets', { region: REGION, filters: [{ name: 'vpc-id', values: ['vpc-0c1d'] }] }],
        ['getSubnet', { id: 'subnet-a', region: REGION }],
        ['getSubnet', { id: 'subnet-b', region: REGION }],
      ]),
    );
  });

  it('says its role and its class', async () => {
    const { roleArn, roleName, ingressClass } = minimal.result;

    expect(await known(roleArn)).toBe(ROLE);
    expect(await known(roleName)).toBe('controller');
    expect(await known(ingressClass)).toBe('alb');
    expect(resourceIn(minimal.resources, 'LoadBalancerController controller').registeredOutputs).toStrictEqual({
      roleArn: ROLE,
      roleName: 'controller',
      ingressClass: 'alb',
    });
  });

  it('shows all of its resources in a preview', async () => {
    const { resources } = await made({}, { preview: true });

    expect(listOf(resources)).toStrictEqual(listOf(minimal.resources));
    expect(resourceIn(resources, 'RolePolicy controller').unknownPaths).toStrictEqual(['role']);
  });
});

describe('LoadBalancerController.identity', () => {
  it('takes the OIDC provider that it is given, and asks for none', async () => {
    const providerArn = `arn:aws-cn:iam::${ACCOUNT}:oidc-provider/oidc.eks.cn-north-1.amazonaws.com.cn/id/A`;
    const { resources, invocations } = await made({
      identity: ControllerIdentity.irsa(providerArn),
      vpcId: 'vpc-0c1d',
    });

    expect(jsonOf(resourceIn(resources, 'Role controller').inputs.assumeRolePolicy)).toMatchObject({
      Statement: [{ Principal: { Federated: providerArn } }],
    });
    expect(invocations.map(({ token }) => token).filter((token) => /Cluster|OpenId/.test(token))).toStrictEqual([]);
  });

  it('can be that of EKS, which knows the role by an association', async () => {
    const { resources } = await made({ identity: ControllerIdentity.podIdentity() });

    expect(jsonOf(resourceIn(resources, 'Role controller').inputs.assumeRolePolicy)).toStrictEqual({
      Version: '2012-10-17',
      Statement: [
        {
          Effect: 'Allow',
          Principal: { Service: 'pods.eks.amazonaws.com' },
          Action: ['sts:AssumeRole', 'sts:TagSession'],
        },
      ],
    });
    expect(resourceIn(resources, 'PodIdentityAssociation controller').inputs).toStrictEqual({
      clusterName: 'ml',
      region: REGION,
      namespace: 'kube-system',
      serviceAccount: 'aws-load-balancer-controller',
      roleArn: ROLE,
    });
    const { metadata } = resourceIn(resources, 'kubernetes:core/v1:ServiceAccount controller').inputs;
    expect(metadata).toStrictEqual({ name: 'aws-load-balancer-controller', namespace: 'kube-system' });
    expect(dependenciesOf(resources, 'kubernetes:helm.sh/v3:Release controller')).toContain(
      'PodIdentityAssociation controller',
    );
  });

  it('refuses the URL of a provider', () => {
    expectRefusal(() => ControllerIdentity.irsa(`https://${ISSUER}`), {
      code: 'EDGE_ERR_VALUE',
      value: `"https://${ISSUER}"`,
      rule: 'it is an ARN like arn:aws:iam::',
    });
  });
});

describe('what AWS says of a cluster', () => {
  it('is refused without an issuer of tokens', () => {
    expectRefusal(() => issuerOf({ name: 'ml', identities: [] }), {
      code: 'EDGE_ERR_VALUE',
      value: '"without identity"',
      rule: 'it has an issuer of tokens',
    });
  });

  it('is refused with an OIDC provider for other audiences', () => {
    expectRefusal(() => trustedProvider({ arn: OIDC_PROVIDER, clientIdLists: ['others'] }), {
      code: 'EDGE_ERR_VALUE',
      value: '"others"',
      rule: 'tokens of ServiceAccounts are for sts.amazonaws.com',
    });
  });
});

describe('LoadBalancerController.subnets', () => {
  it('are tagged for the load balancers that they are for, and not for the cluster', async () => {
    const subnets = LoadBalancerSubnets.tag({ internal: ['subnet-0a', 'subnet-0b'], internetFacing: ['subnet-0c'] });
    const { resources, invocations } = await made({ subnets });
    const tags = resources.filter(({ type }) => type === 'aws:ec2/tag:Tag');

    expect(tags.map(({ name, inputs }) => [name, inputs])).toStrictEqual([
      ...['subnet-0a', 'subnet-0b'].map((resourceId) => [
        `controller:${resourceId}:internal`,
        { resourceId, key: 'kubernetes.io/role/internal-elb', value: '1', region: REGION },
      ]),
      [
        'controller:subnet-0c:internet-facing',
        { resourceId: 'subnet-0c', key: 'kubernetes.io/role/elb', value: '1', region: REGION },
      ],
    ]);
    expect(invocations.filter(({ token }) => token.startsWith('aws:ec2/'))).toStrictEqual([]);
  });

  it('can be left as they are', async () => {
    const { invocations } = await made({ subnets: LoadBalancerSubnets.unchecked() });

    expect(invocations.filter(({ token }) => token.startsWith('aws:ec2/'))).toStrictEqual([]);
  });

  it.each([
    ['none', {}, '"empty"'],
    ['a name', { internal: ['private-a'] }, '"private-a"'],
    ['one twice', { internal: ['subnet-0a'], internetFacing: ['subnet-0a'] }, '"subnet-0a"'],
  ])('cannot be %s', (_, subnets, value) => {
    expectRefusal(() => LoadBalancerSubnets.tag(subnets), {
      code: 'EDGE_ERR_VALUE',
      value,
      rule: 'it is ids of subnets',
    });
  });

  it('are checked for one scheme at least', () => {
    expectRefusal(() => LoadBalancerSubnets.tagged(), {
      code: 'EDGE_ERR_VALUE',
      value: '"empty"',
      rule: 'nothing would be checked',
    });
  });
});

describe('args of a LoadBalancerController', () => {
  it('all reach a resource', async () => {
    const { resources } = await made({
      vpcId: 'vpc-1',
      namespace: 'balancers',
      version: '1.17.0',
      values: { replicaCount: 3, keepTLSSecret: false },
      tags: { team: 'ml' },
    });
    const release = resourceIn(resources, 'kubernetes:helm.sh/v3:Release controller').inputs;

    expect(release).toMatchObject({
      namespace: 'balancers',
      version: '1.17.0',
      values: { vpcId: 'vpc-1', replicaCount: 3, keepTLSSecret: false },
    });
    expect(String(resourceIn(resources, 'Role controller').inputs.assumeRolePolicy)).toContain(
      'system:serviceaccount:balancers:aws-load-balancer-controller',
    );
    expect(resourceIn(resources, 'Role controller').inputs.tags).toStrictEqual({ team: 'ml' });
  });

  it.each([
    ['clusterName', { clusterName: 'arn:aws:eks:eu-west-1:1:cluster/ml' }, 'it has 1 to 100 of'],
    ['clusterName', { clusterName: 'c'.repeat(101) }, 'it has 1 to 100 of'],
    ['region', { region: 'eu-west-1a' }, 'it is a region like eu-west-1'],
    ['version', { version: '1.14.1' }, 'before, controllers leave out jwt-validation'],
    ['version', { version: '^3.0.0' }, 'it is one version of the chart'],
  ])('are refused before anything is registered: %s %j', async (arg, args, rule) => {
    const value = `"${Object.values(args)[0]}"`;
    const all = { clusterName: 'ml', region: REGION, ...args };
    const { resources } = await mocked(() => {
      expectRefusal(() => new LoadBalancerController('controller', all), { code: 'EDGE_ERR_VALUE', value, rule });
    });

    expect(arg in args).toBe(true);
    expect(resources).toStrictEqual([]);
  });

  it('refuse a namespace that is none', () => {
    const args = { clusterName: 'ml', region: REGION, namespace: 'Kube_System' };

    expectRefusal(() => new LoadBalancerController('controller', args), {
      code: 'EDGE_ERR_NAME',
      value: '"Kube_System"',
      rule: 'a-z',
    });
  });

  it.each(['clusterName', 'serviceAccount', 'enableShield'])('refuse the value %s, which is their own', (value) => {
    const args = { clusterName: 'ml', region: REGION, values: { [value]: true } };

    expectRefusal(() => new LoadBalancerController('controller', args), {
      code: 'EDGE_ERR_VALUE',
      value: `"${value}"`,
      rule: 'the component sets it',
    });
  });

  it('take the first chart that knows jwt-validation', async () => {
    const { resources } = await made({ version: '1.15.0' });

    expect(resourceIn(resources, 'kubernetes:helm.sh/v3:Release controller').inputs.version).toBe('1.15.0');
  });
});

describe('a program with a LoadBalancerController', () => {
  const program = 'test/pulumi/load-balancer-controller/program.ts';

  it('is refused in its preview when the subnets have no tags', async () => {
    const untagged = (token: string, args: Readonly<Record<string, unknown>>) => {
      const answer = clusterLookUps(token, args);
      return token.endsWith(':getSubnet') ? { ...answer, tags: {} } : answer;
    };
    const run: Run = await failure(preview(program, { invoke: untagged }));

    expect(run.log.map(({ message }) => message).join('\n')).toContain(
      'EDGE_ERR_SUBNET_TAGS: what vpc-0c1d has for internal load balancers is "no subnet"',
    );
    expect(run.resources.map(({ type }) => type)).not.toContain('kubernetes:helm.sh/v3:Release');
  });

  it('shows everything in its preview while the VPC is not there yet', async () => {
    const run = await preview(program, { invoke: clusterLookUps, config: { newVpc: true } });
    const [release] = run.resources.filter(({ type }) => type === 'kubernetes:helm.sh/v3:Release');

    expect(release?.unknownPaths).toStrictEqual(['values.vpcId']);
    expect(release?.inputs.values).toMatchObject({ clusterName: 'ml', vpcId: UNKNOWN });
  });
});
