import { type ApiObject, Chart } from 'cdk8s';
import type { Construct } from 'constructs';
import { AuthorizationPolicy, type JwtRule, RequestAuthentication } from '../../crds/istio-security';
import { EdgeError } from '../../errors';
import { dnsSubdomainProblem } from '../../naming/kubernetes-names';
import { addWarning } from '../../synth/warnings';
import { whenKnown } from '../../synth/when-known';
import { type DeclaredLogin, declareLogin } from './declared-logins';
import { loginConflicts, mixedIssuers } from './login-conflicts';
import type { LoginPlace } from './login-place';

/**
 * Kubeflow takes these headers for who is calling. A token of a ServiceAccount has no groups; the header is named all
 * the same, so that what the caller has put into it is overwritten.
 */
const IDENTITY: Record<string, string> = { 'kubeflow-userid': 'sub', 'kubeflow-groups': 'groups' };

/** For the longest suffix of a target, `-transformer`, within the length of a name. */
const MAX_NAME = 200;

export interface JwtLoginProps {
  readonly place: LoginPlace;
  /** Who issues the tokens: their claim `iss`, to the letter. */
  readonly issuer: string;
  /**
   * Where the issuer's public keys are. istiod fetches them, not the gateway.
   *
   * @default - what `<issuer>/.well-known/openid-configuration` says
   */
  readonly jwksUri?: string;
  /**
   * Tokens must be made for one of these: their claim `aud`.
   *
   * @default - any, so that a token which was made for another service counts here too
   */
  readonly audiences?: string[];
  /**
   * Whose tokens count: their claim `sub`. A `*` at the end stands for anything:
   * `system:serviceaccount:staging:*` for every ServiceAccount of a namespace.
   *
   * Tokens of other issuers do not count then, so give a place only one login with subjects.
   *
   * @default - everybody's
   */
  readonly subjects?: string[];
  /**
   * Headers that tell the model who called, and the claims they are filled from.
   *
   * @default { 'kubeflow-userid': 'sub', 'kubeflow-groups': 'groups' }; these two are set from a claim in any case
   */
  readonly identityHeaders?: Record<string, string>;
  /** Name of the objects. @default - the construct's id */
  readonly name?: string;
}

/**
 * Lets only those through who bring a token: a RequestAuthentication, which refuses wrong tokens but lets requests
 * without one pass, and beside it the AuthorizationPolicy that refuses those.
 */
export class JwtLogin extends Chart {
  readonly requestAuthentications: ApiObject[];
  readonly authorizationPolicies: ApiObject[];
  #warned = false;

  /**
   * @throws EdgeError EDGE_ERR_NAME for a name that no object can have; EDGE_ERR_VALUE for an issuer, a URL, a subject
   * or a header that no token or request can have
   */
  constructor(scope: Construct, id: string, props: JwtLoginProps) {
    super(scope, id);
    const { place } = props;
    const name = props.name ?? id;
    validate(name, props);
    const named = (target: string) => (place._targets.length > 1 ? `${name}-${target}` : name);
    const jwtRules = [jwtRule(props)];

    this.requestAuthentications = place._targets.map(
      ({ name: target, namespace, labels }) =>
        new RequestAuthentication(this, `${target}.tokens`, {
          metadata: { name: named(target), namespace },
          spec: { selector: { matchLabels: labels }, jwtRules },
        }),
    );
    this.authorizationPolicies = place._targets.map(
      ({ name: target, namespace, labels }) =>
        new AuthorizationPolicy(this, target, {
          metadata: { name: named(target), namespace },
          spec: {
            selector: { matchLabels: labels },
            action: 'DENY',
            rules: [
              {
                from: [{ source: { notRequestPrincipals: requestPrincipals(props) } }],
                ...(Object.keys(place._operation).length > 0 && { to: [{ operation: place._operation }] }),
              },
            ],
          },
        }),
    );
    const login = { construct: this, place, issuer: props.issuer, subjects: props.subjects && [...props.subjects] };
    declareLogin(login);
    this.node.addValidation({ validate: () => [...loginConflicts(login), ...this.#warnOfOthers(login)] });
  }

  /** All logins are there when the first tree is looked at. */
  #warnOfOthers(login: DeclaredLogin): string[] {
    if (this.#warned) return [];
    this.#warned = true;
    for (const { construct, issuer } of mixedIssuers(login)) {
      addWarning(
        this,
        `for the same requests tokens of ${login.issuer} count, and by [${construct.node.path}] those of ${issuer}: kubeflow-userid is the subject of either, so whoever is called the same there is the same user here. Give one of them other hosts, or identityHeaders from a claim that only it has`,
      );
    }
    return [];
  }
}

function jwtRule({ issuer, jwksUri, audiences, identityHeaders }: JwtLoginProps): JwtRule {
  return {
    issuer,
    jwksUri,
    audiences: audiences && [...audiences],
    // The next one to look at the token may be a model's own proxy.
    forwardOriginalToken: true,
    // Without this Istio also takes tokens from the URL, which ends up in logs.
    fromHeaders: [{ name: 'Authorization', prefix: 'Bearer ' }],
    outputClaimToHeaders: claimHeaders(identityHeaders),
  };
}

/** Headers are the same in upper and lower case. */
function claimHeaders(own: Record<string, string> = {}): { header: string; claim: string }[] {
  const lower = Object.fromEntries(Object.entries(own).map(([header, claim]) => [header.toLowerCase(), claim]));
  return Object.entries({ ...IDENTITY, ...lower }).map(([header, claim]) => ({ header, claim }));
}

/** `<iss>/<sub>`, as Istio names whom a token stands for. */
function requestPrincipals({ issuer, subjects }: JwtLoginProps): string[] {
  return subjects ? subjects.map((subject) => `${issuer}/${subject}`) : ['*'];
}

function validate(name: string, props: JwtLoginProps): void {
  const wrongName = dnsSubdomainProblem(name) ?? tooLong(name);
  if (wrongName) {
    const fix = 'Choose another name';
    throw new EdgeError('EDGE_ERR_NAME', { at: 'JwtLogin.name', value: name, rule: wrongName, fix });
  }
  const { issuer, jwksUri, audiences, subjects, identityHeaders = {} } = props;
  whenKnown([issuer], ([known = '']) =>
    refuse('issuer', known, issuerProblem(known, jwksUri), 'Copy the iss of a token, and name jwksUri'),
  );
  if (jwksUri !== undefined) {
    whenKnown([jwksUri], ([known = '']) => refuse('jwksUri', known, urlProblem(known), 'Give the URL of the key set'));
  }
  for (const [prop, list] of Object.entries({ audiences, subjects })) {
    if (list?.length === 0) refuse(prop, '[]', 'no token would count', 'Name one, or leave it out for any');
  }
  for (const [i, audience] of (audiences ?? []).entries()) {
    refuse(`audiences[${i}]`, audience, emptyProblem(audience), 'Name an audience');
  }
  for (const [i, subject] of (subjects ?? []).entries()) {
    const fix = 'Name a subject, or the begin of subjects and a star';
    refuse(`subjects[${i}]`, subject, subjectProblem(subject), fix);
  }
  for (const [header, claim] of Object.entries(identityHeaders)) {
    refuse('a header of identityHeaders', header, headerProblem(header), 'Use letters, digits, - and _');
    refuse(`identityHeaders["${header}"]`, claim, emptyProblem(claim), 'Name the claim to fill it from');
  }
}

function refuse(prop: string, value: string, rule: string | undefined, fix: string): void {
  if (rule) throw new EdgeError('EDGE_ERR_VALUE', { at: `JwtLogin ${prop}`, value, rule, fix });
}

function tooLong(name: string): string | undefined {
  if (name.length <= MAX_NAME) return undefined;
  return `a name here has at most ${MAX_NAME} characters, and this one has ${name.length}`;
}

function emptyProblem(text: string): string | undefined {
  return text === '' ? 'it is empty' : undefined;
}

function issuerProblem(issuer: string, jwksUri: string | undefined): string | undefined {
  if (issuer === '' || /[\s*]/.test(issuer)) return 'an issuer is a name or a URL, without spaces and stars';
  if (jwksUri !== undefined) return undefined;
  return urlProblem(issuer) && 'only a URL says where the keys are';
}

function urlProblem(url: string): string | undefined {
  return URL.canParse(url) && /^https?:\/\//.test(url) ? undefined : 'it begins with http:// or https://';
}

function subjectProblem(subject: string): string | undefined {
  if (subject === '' || /\s/.test(subject)) return 'a subject has at least one character, and no spaces';
  return subject.slice(0, -1).includes('*') ? 'Istio takes a star for anything only at the end here' : undefined;
}

function headerProblem(header: string): string | undefined {
  return /^[-_A-Za-z0-9]+$/.test(header) ? undefined : 'Istio sets no such header';
}
