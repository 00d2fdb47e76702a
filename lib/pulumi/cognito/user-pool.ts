import * as cognito from '@pulumi/aws/cognito';
import type * as pulumi from '@pulumi/pulumi';
import { EdgeError } from '../../errors';
import { COGNITO_LIMITS } from './cognito-limits';

/** Whether people need a second factor: an app that shows codes. */
export enum CognitoMfa {
  /** Everybody sets it up with the first login. */
  REQUIRED = 'ON',
  /** Whoever has set it up. */
  OPTIONAL = 'OPTIONAL',
  OFF = 'OFF',
}

/** The arguments of CognitoLogin that are about people. */
export interface UserPoolSettings {
  /** @default CognitoMfa.REQUIRED */
  readonly mfa?: CognitoMfa;
  /** Characters of a password, 6 to 99; letters of both cases, digits and symbols are in it anyway. @default 12 */
  readonly minimumPasswordLength?: number;
  /**
   * Whether AWS refuses to delete the pool, and all accounts with it. To tear it down, set it to false and update first.
   *
   * @default true
   */
  readonly deletionProtection?: boolean;
}

/**
 * @throws EdgeError EDGE_ERR_VALUE for a length of passwords that Cognito would refuse
 */
export function validateUserPool({ minimumPasswordLength: length }: UserPoolSettings): void {
  const { least, most } = COGNITO_LIMITS.passwordLength;
  if (length === undefined || (Number.isInteger(length) && length >= least && length <= most)) return;
  const rule = `Cognito asks for ${least} to ${most} characters`;
  const at = 'CognitoLogin.minimumPasswordLength';
  throw new EdgeError('EDGE_ERR_VALUE', { at, value: length, rule, fix: 'Choose a length within that' });
}

/**
 * People are known by their mail addresses. Only an administrator adds them: Cognito itself would let everybody sign up,
 * and the load balancer everybody in who has.
 */
export function makeUserPool(
  { mfa = CognitoMfa.REQUIRED, minimumPasswordLength = 12, deletionProtection = true }: UserPoolSettings,
  args: {
    parent: pulumi.Resource;
    name: string;
    region?: pulumi.Input<string>;
    tags?: pulumi.Input<Record<string, pulumi.Input<string>>>;
  },
): cognito.UserPool {
  const { parent, name, region, tags } = args;
  return new cognito.UserPool(
    name,
    {
      usernameAttributes: ['email'],
      autoVerifiedAttributes: ['email'],
      usernameConfiguration: { caseSensitive: false },
      adminCreateUserConfig: { allowAdminCreateUserOnly: true },
      accountRecoverySetting: { recoveryMechanisms: [{ name: 'verified_email', priority: 1 }] },
      passwordPolicy: {
        minimumLength: minimumPasswordLength,
        requireLowercase: true,
        requireUppercase: true,
        requireNumbers: true,
        requireSymbols: true,
        temporaryPasswordValidityDays: 7,
      },
      mfaConfiguration: mfa,
      softwareTokenMfaConfiguration: mfa === CognitoMfa.OFF ? undefined : { enabled: true },
      deletionProtection: deletionProtection ? 'ACTIVE' : 'INACTIVE',
      region,
      tags,
    },
    { parent },
  );
}
