import { readConfig } from '../../../apps/aws/config';
import { exposeModels, type Login } from '../../../apps/aws/exposure';
import { addPasswords } from '../../../apps/aws/passwords';
import { modelsForDevices } from '../../../apps/edge-inference/topology';
import { AlbClaimFormat, EdgeApp } from '../../../lib';
import { temporaryFolder } from '../../lib/support/folders';
import { findResource, type Run, type RunOptions } from '../../pulumi/engine';
import { awsProvider } from '../../pulumi/engine/aws-provider';
import { mocked } from '../../pulumi/support/mocks';

/** What an update has made, as `cdk8s synth` would have to be told. */
export interface KnownValues {
  readonly certificateArn: string;
  readonly login: () => Login;
}

/** The objects of a stack with plain values in the place of those that only a deployment knows. */
export async function plainApp(options: RunOptions, { certificateArn, login }: KnownValues): Promise<EdgeApp> {
  const { result: config } = await mocked(() => readConfig(), options);
  const values = {
    certificates: { certificateArn, extraCertificateArns: [] },
    textOf: ({ plain }: { plain: string }) => plain,
    loginAt: login,
  };
  const app = new EdgeApp({ outdir: temporaryFolder() });
  const { platform, broker } = modelsForDevices(app, config);
  exposeModels(platform, config, values);
  addPasswords(app, broker, config, values);
  return app;
}

export function valuesOf(run: Run): KnownValues {
  return { certificateArn: String(run.outputs.certificateArn), login: () => loginOf(run) };
}

function loginOf(run: Run): Login {
  const { registeredOutputs } = findResource(run, 'edge-inference:index:CognitoLogin', 'platform');
  const { userPoolArn, domain, issuer, jwksEndpoint } = registeredOutputs as Record<
    'userPoolArn' | 'domain' | 'issuer' | 'jwksEndpoint',
    string
  >;
  const client = () => findResource(run, 'aws:cognito/userPoolClient:UserPoolClient', 'platform');
  return {
    albCognito: () => ({
      userPoolArn,
      userPoolDomain: domain,
      userPoolClientId: awsProvider(client())?.id ?? '',
      scopes: ['openid', 'email'],
    }),
    albJwt: () => ({
      issuer,
      jwksEndpoint,
      claims: [{ name: 'scope', format: AlbClaimFormat.SPACE_SEPARATED, values: ['inference/invoke'] }],
    }),
  };
}
