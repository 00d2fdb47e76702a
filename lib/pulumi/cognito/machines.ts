import * as cognito from '@pulumi/aws/cognito';
import * as pulumi from '@pulumi/pulumi';
import { Duration } from 'cdk8s';
import type { EdgeErrorCode } from '../../error-codes';
import { EdgeError } from '../../errors';
import { dnsLabelProblem } from '../../naming/kubernetes-names';
import { COGNITO_LIMITS, identifierProblem, scopeNameProblem } from './cognito-limits';
import type { PoolOwner } from './pool-owner';

/** A program that gets tokens for itself: a bridge, or a device. */
export interface CognitoMachine {
  readonly name: string;
  /** What its tokens are good for. @default - all scopes */
  readonly scopes?: string[];
}

/** Programs, and what they may be allowed. */
export interface CognitoMachines {
  /** Each has an id and a secret of its own, so that one can be taken away without the others. */
  readonly clients: CognitoMachine[];
  /** What tokens can be good for, by names, with a description each. @default { invoke: 'Ask models' } */
  readonly scopes?: Record<string, string>;
  /** What the scopes belong to: tokens have `<identifier>/<scope>`. @default 'inference' */
  readonly identifier?: string;
  /** How long a token counts: 5 minutes to a day, in whole minutes. @default Duration.hours(1) */
  readonly tokenValidity?: Duration;
}

/** What a program needs to get tokens. */
export interface MachineCredentials {
  readonly clientId: pulumi.Output<string>;
  /** A secret of Pulumi's. */
  readonly clientSecret: pulumi.Output<string>;
  /** All that its tokens are good for, as OAuth writes it. */
  readonly scope: string;
}

export interface MachinesPlan {
  readonly identifier: string;
  readonly scopes: Record<string, string>;
  readonly clients: { readonly name: string; readonly scopes: readonly string[] }[];
  readonly tokenMinutes: number;
}

/**
 * @throws EdgeError EDGE_ERR_NAME, EDGE_ERR_DUPLICATE or EDGE_ERR_VALUE
 */
export function planMachines(machines: CognitoMachines): MachinesPlan {
  const { identifier = 'inference', scopes = { invoke: 'Ask models' } } = machines;
  refuse('EDGE_ERR_NAME', 'identifier', identifier, identifierProblem(identifier), 'Use a short word, or a URL');
  const names = Object.keys(scopes);
  const count = `${names.length} scopes`;
  refuse('EDGE_ERR_VALUE', 'scopes', count, countProblem(names.length), 'Leave some out, or use the default');
  for (const [name, description] of Object.entries(scopes)) {
    refuse('EDGE_ERR_NAME', 'scopes', name, scopeNameProblem(name), 'Name it after a namespace, for instance');
    const rule = description.length >= 1 && description.length <= 256 ? undefined : 'it has 1 to 256 characters';
    refuse('EDGE_ERR_VALUE', `scopes, the description of ${name},`, description, rule, 'Say what the scope allows');
  }
  return {
    identifier,
    scopes: { ...scopes },
    clients: planClients(machines, names),
    tokenMinutes: tokenMinutes(machines.tokenValidity ?? Duration.hours(1)),
  };
}

function planClients({ clients }: CognitoMachines, known: string[]): MachinesPlan['clients'] {
  const none = clients.length === 0 ? 'nobody would get a token' : undefined;
  refuse('EDGE_ERR_VALUE', 'clients', '[]', none, 'Name at least one, or leave machines out');
  const names = clients.map(({ name }) => name);
  return clients.map(({ name, scopes = known }, i) => {
    refuse('EDGE_ERR_NAME', 'clients', name, dnsLabelProblem(name), 'Name it after the program');
    const twice = names.indexOf(name) === i ? undefined : 'there is one by this name already';
    refuse('EDGE_ERR_DUPLICATE', 'clients', name, twice, 'Rename one of them');
    const empty = scopes.length === 0 ? 'its tokens would be good for nothing' : undefined;
    refuse('EDGE_ERR_VALUE', `clients, the scopes of ${name},`, '[]', empty, 'Name a scope, or leave scopes out');
    validateScopes(`CognitoLogin.machines.clients, a scope of ${name},`, scopes, known);
    return { name, scopes };
  });
}

/**
 * @throws EdgeError EDGE_ERR_VALUE for a scope that is not among the known ones
 */
export function validateScopes(at: string, scopes: readonly string[], known: readonly string[]): void {
  const unknown = scopes.find((scope) => !known.includes(scope));
  if (unknown === undefined) return;
  const rule = `the scopes are ${known.join(', ')}`;
  throw new EdgeError('EDGE_ERR_VALUE', { at, value: unknown, rule, fix: 'Use one of them, or add it to the scopes' });
}

/** The scopes, and a client for each program. */
export function makeMachines(
  { identifier, scopes, clients, tokenMinutes }: MachinesPlan,
  { parent, name, pool, region }: PoolOwner,
): Map<string, MachineCredentials> {
  const server = new cognito.ResourceServer(
    name,
    {
      userPoolId: pool.id,
      identifier,
      scopes: Object.entries(scopes).map(([scopeName, scopeDescription]) => ({ scopeName, scopeDescription })),
      region,
    },
    { parent },
  );
  return new Map(
    clients.map((machine) => {
      const scope = machine.scopes.map((own) => `${identifier}/${own}`);
      const client = new cognito.UserPoolClient(
        `${name}-${machine.name}`,
        {
          userPoolId: pool.id,
          generateSecret: true,
          allowedOauthFlowsUserPoolClient: true,
          allowedOauthFlows: ['client_credentials'],
          allowedOauthScopes: scope,
          // Nobody logs in with it: what is not said here Cognito would allow.
          explicitAuthFlows: ['ALLOW_REFRESH_TOKEN_AUTH'],
          accessTokenValidity: tokenMinutes,
          tokenValidityUnits: { accessToken: 'minutes' },
          region,
        },
        // Cognito refuses a client with a scope that is not there yet.
        { parent, dependsOn: [server] },
      );
      const clientSecret = pulumi.secret(client.clientSecret);
      return [machine.name, { clientId: client.id, clientSecret, scope: scope.join(' ') }] as const;
    }),
  );
}

function countProblem(count: number): string | undefined {
  if (count >= 1 && count <= COGNITO_LIMITS.scopes) return undefined;
  return `a resource server has 1 to ${COGNITO_LIMITS.scopes}`;
}

function tokenMinutes(validity: Duration): number {
  const minutes = validity.toMilliseconds() / 60_000;
  const { least, most } = COGNITO_LIMITS.tokenMinutes;
  const rule =
    Number.isInteger(minutes) && minutes >= least && minutes <= most
      ? undefined
      : `Cognito's tokens count for ${least} to ${most} whole minutes`;
  refuse('EDGE_ERR_VALUE', 'tokenValidity', `${minutes} min`, rule, 'Choose a time within that');
  return minutes;
}

function refuse(code: EdgeErrorCode, arg: string, value: string, rule: string | undefined, fix: string): void {
  if (rule) throw new EdgeError(code, { at: `CognitoLogin.machines.${arg}`, value, rule, fix });
}
