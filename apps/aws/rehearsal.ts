import { RunError } from '@pulumi/pulumi';
import { EdgeApp, EdgeError, EdgeValidationError, ExternalDnsRecords } from '../../lib';
import { modelsForDevices } from '../edge-inference/topology';
import type { AwsConfig } from './config';
import { exposeModels, type LateValues, type Login } from './exposure';
import { addPasswords } from './passwords';

/**
 * Makes all objects once, with stand-ins for what only a deployment knows, and throws them away: Pulumi registers
 * resources while a program runs, and what is wrong with the objects is to be known before the first of them.
 *
 * @throws RunError with what is wrong
 */
export function rehearse(config: AwsConfig): void {
  try {
    const app = new EdgeApp();
    const { platform, broker } = modelsForDevices(app, config);
    const zones = [config.zone.name];
    platform.certificatePlan({ zones });
    // In the place of InferenceDns, which is made after the objects, and would find a host without a record only then.
    new ExternalDnsRecords(app, 'records', { platform, zones, target: `alb.${config.region}.elb.amazonaws.com` });
    const values = standIns(config.region);
    exposeModels(platform, config, values);
    addPasswords(app, broker, config, values);
    app.synthYaml();
  } catch (error) {
    if (!(error instanceof EdgeError || error instanceof EdgeValidationError)) throw error;
    throw new RunError(`The configuration of this stack makes no topology: ${error.message}`);
  }
}

function standIns(region: string): LateValues<Login> {
  return {
    certificates: {
      certificateArn: `arn:aws:acm:${region}:123456789012:certificate/0c1d2e3f-0000-1111-2222-333344445555`,
      extraCertificateArns: [],
    },
    textOf: ({ plain }) => plain,
    loginAt: () => ({
      albCognito: () => ({
        userPoolArn: `arn:aws:cognito-idp:${region}:123456789012:userpool/${region}_Ab12Cd34E`,
        userPoolClientId: '4h5j6k7l8m9n',
        userPoolDomain: 'stand-in',
      }),
      albJwt: () => ({ issuer: `https://cognito-idp.${region}.amazonaws.com/${region}_Ab12Cd34E` }),
    }),
  };
}
