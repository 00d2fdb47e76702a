import { PodIdentityAssociation } from '@pulumi/aws/eks';
import { getOpenIdConnectProviderOutput } from '@pulumi/aws/iam';
import * as pulumi from '@pulumi/pulumi';
import { EdgeError } from '../../errors';
import type { PolicyDocument } from './controller-policy';

/** The ServiceAccount that may become the role, and where. */
export interface IdentitySubject {
  readonly clusterName: string;
  readonly region: string;
  readonly namespace: string;
  readonly serviceAccount: string;
  /** The issuer of the cluster's tokens, with `https://`. */
  readonly issuer: () => pulumi.Output<string>;
}

/** @internal What an identity is for its component. */
export interface IdentityBinding {
  readonly trust: (subject: IdentitySubject, parent: pulumi.Resource) => pulumi.Output<PolicyDocument>;
  /** Annotations by which the ServiceAccount names its role; none where EKS knows it otherwise. */
  readonly annotations: (roleArn: pulumi.Output<string>) => Record<string, pulumi.Output<string>> | undefined;
  readonly associate: (
    name: string,
    subject: IdentitySubject,
    roleArn: pulumi.Output<string>,
    parent: pulumi.Resource,
  ) => pulumi.Resource[];
}

/** As IAM knows it. */
interface OidcProvider {
  readonly arn: string;
  readonly clientIdLists: string[];
}

const PROVIDER_ARN = /^arn:aws[a-z-]*:iam::\d{12}:oidc-provider\/(.+)$/;
const AUDIENCE = 'sts.amazonaws.com';

/** How the pods of one ServiceAccount become an IAM role. */
export class ControllerIdentity {
  /**
   * By a token of the ServiceAccount, which IAM verifies with the cluster's OIDC provider.
   *
   * @param providerArn the provider, which IAM must know; by default the one of the cluster's issuer, which is looked up:
   * `eksctl utils associate-iam-oidc-provider --cluster <name> --approve` makes it
   * @throws EdgeError EDGE_ERR_VALUE for something else than the ARN of an OIDC provider
   * @see https://docs.aws.amazon.com/eks/latest/userguide/iam-roles-for-service-accounts.html
   */
  static irsa(providerArn?: pulumi.Input<string>): ControllerIdentity {
    if (typeof providerArn === 'string') issuerOf(providerArn);
    return new ControllerIdentity({
      trust: (subject, parent) =>
        pulumi.output(providerArn ?? lookUpProvider(subject, parent)).apply((arn) => webIdentityTrust(arn, subject)),
      annotations: (roleArn) => ({ 'eks.amazonaws.com/role-arn': roleArn }),
      associate: () => [],
    });
  }

  /**
   * By EKS Pod Identity: the cluster must run its agent, the add-on `eks-pod-identity-agent`. No OIDC provider.
   *
   * @see https://docs.aws.amazon.com/eks/latest/userguide/pod-identities.html
   */
  static podIdentity(): ControllerIdentity {
    return new ControllerIdentity({
      trust: () => pulumi.output(POD_IDENTITY_TRUST),
      annotations: () => undefined,
      associate: (name, { clusterName, region, namespace, serviceAccount }, roleArn, parent) => [
        new PodIdentityAssociation(name, { clusterName, region, namespace, serviceAccount, roleArn }, { parent }),
      ],
    });
  }

  /** @internal */
  readonly _binding: IdentityBinding;

  private constructor(binding: IdentityBinding) {
    this._binding = binding;
  }
}

const POD_IDENTITY_TRUST: PolicyDocument = {
  Version: '2012-10-17',
  Statement: [
    {
      Effect: 'Allow',
      Principal: { Service: 'pods.eks.amazonaws.com' },
      Action: ['sts:AssumeRole', 'sts:TagSession'],
    },
  ],
};

function webIdentityTrust(providerArn: string, { namespace, serviceAccount }: IdentitySubject): PolicyDocument {
  const issuer = issuerOf(providerArn);
  return {
    Version: '2012-10-17',
    Statement: [
      {
        Effect: 'Allow',
        Principal: { Federated: providerArn },
        Action: ['sts:AssumeRoleWithWebIdentity'],
        Condition: {
          StringEquals: {
            [`${issuer}:aud`]: AUDIENCE,
            [`${issuer}:sub`]: `system:serviceaccount:${namespace}:${serviceAccount}`,
          },
        },
      },
    ],
  };
}

function lookUpProvider({ issuer }: IdentitySubject, parent: pulumi.Resource): pulumi.Output<string> {
  return getOpenIdConnectProviderOutput({ url: issuer() }, { parent }).apply(trustedProvider);
}

/**
 * The ARN of a provider that IAM takes tokens of ServiceAccounts from. From any other it would refuse them, which only
 * the controller's log would say.
 *
 * @throws EdgeError EDGE_ERR_VALUE for a provider for other audiences
 */
export function trustedProvider({ arn, clientIdLists }: OidcProvider): string {
  if (clientIdLists.includes(AUDIENCE)) return arn;
  throw new EdgeError('EDGE_ERR_VALUE', {
    at: `the list of audiences of OIDC provider ${arn}`,
    value: clientIdLists.join(', '),
    rule: `tokens of ServiceAccounts are for ${AUDIENCE}, and IAM would refuse them`,
    fix: `Add it: aws iam add-client-id-to-open-id-connect-provider --open-id-connect-provider-arn ${arn} --client-id ${AUDIENCE}`,
  });
}

function issuerOf(providerArn: string): string {
  const issuer = PROVIDER_ARN.exec(providerArn)?.[1];
  if (issuer !== undefined) return issuer;
  throw new EdgeError('EDGE_ERR_VALUE', {
    at: 'ControllerIdentity.irsa(providerArn)',
    value: providerArn,
    rule: 'it is an ARN like arn:aws:iam::123456789012:oidc-provider/oidc.eks.eu-west-1.amazonaws.com/id/0C1D…',
    fix: 'Give the ARN of the OIDC provider, not its URL',
  });
}
